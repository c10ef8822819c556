"""People as programs read them."""

from typing import Literal

from flask import request, url_for
from pydantic import Field

from wiki.access.permissions import Viewer
from wiki.accounts.errors import UserNotFound
from wiki.accounts.privacy.former_names import renamed_user
from wiki.accounts.users import get_user
from wiki.api.schema import Given, ListQuery, Moment
from wiki.pages.history.recent_changes import ChangeFilter, count_changes


class PeopleQuery(ListQuery):
    q: str = Field(default="", max_length=254, description="Part of a name or an e-mail address")
    role: Literal["", "reader", "learner", "mentor", "admin"] = ""
    state: Literal["", "disabled", "never"] = Field(
        default="", description="`never` signed in, or `disabled`"
    )


class PersonItem(Given):
    username: str
    email: str | None
    role: str
    is_enabled: bool
    created_at: Moment
    seen_at: Moment | None = Field(description="To the hour")
    groups: list[str]


class PersonList(Given):
    items: list[PersonItem]
    next: str | None


class PersonDocument(Given):
    username: str
    joined_at: Moment
    change_count: int = Field(description="Changes by them that you may see")
    url: str


def person_document(viewer: Viewer, username: str) -> PersonDocument:
    """Raises `UserNotFound`."""
    try:
        person = get_user(username)
    except UserNotFound:
        if (renamed := renamed_user(username)) is None:
            raise
        person = renamed
    return PersonDocument(
        username=person.username,
        joined_at=person.created_at,
        change_count=count_changes(viewer, ChangeFilter(author_id=person.id)),
        url=request.host_url.rstrip("/") + url_for("pages.person", username=person.username),
    )

"""Builds responses about people."""

from flask import url_for

from wiki.access.permissions import Viewer
from wiki.accounts.errors import UserNotFound
from wiki.accounts.privacy.former_names import renamed_user
from wiki.accounts.users import get_user
from wiki.api.people.schemas import PersonDocument
from wiki.pages.history.recent_changes import ChangeFilter, count_changes


def person_document(viewer: Viewer, username: str) -> PersonDocument:
    """A person’s public profile. Raises `UserNotFound`."""
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
        url=url_for("pages.person", username=person.username, _external=True),
    )

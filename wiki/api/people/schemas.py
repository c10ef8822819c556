"""Request and response models of people."""

from typing import Literal

from pydantic import Field

from wiki.api.schema import ListQuery, Moment, ResponseModel


class PeopleQuery(ListQuery):
    q: str = Field(default="", max_length=254, description="Part of a name or an e-mail address")
    role: Literal["", "reader", "learner", "mentor", "admin"] = ""
    state: Literal["", "disabled", "never"] = Field(
        default="",
        description="Only accounts that have `never` been signed in to, or are `disabled`",
    )


class PersonItem(ResponseModel):
    username: str
    email: str | None
    role: str
    is_enabled: bool
    created_at: Moment
    seen_at: Moment | None = Field(description="When they were last here, to the hour")
    groups: list[str]


class PersonList(ResponseModel):
    items: list[PersonItem]
    next: str | None


class PersonDocument(ResponseModel):
    username: str
    joined_at: Moment
    change_count: int = Field(description="Number of their changes that you may see")
    url: str

"""Revisions, differences and changes as programs read them."""

from typing import Any, Literal

from pydantic import Field

from wiki.api.schema import ListQuery, Moment, Number, QueryModel, ResponseModel
from wiki.pages.diffing.diff import CONTEXT_LINES


class RevisionQuery(ListQuery):
    page: str = Field(min_length=1, description="The path of the page")
    author: str = Field(default="", description="Those of this person alone")


class RevisionItem(ResponseModel):
    """A revision in a list. `action` says how it came about."""

    number: int
    action: str
    author: str | None
    author_name: str | None = Field(description="Who wrote it elsewhere, without an account here")
    created_at: Moment
    summary: str
    minor: bool
    title: str
    path: str = Field(description="Where the page was then")
    size: int = Field(description="Characters")
    delta: int | None = Field(description="Characters more than before, if that is known")
    parent: int | None = Field(description="The revision that it was begun from")
    merged_with: int | None
    accepted_by: str | None = Field(description="Who accepted it, if it had been proposed")
    erased: bool = Field(description="Whether its text was erased permanently")


class RevisionList(ResponseModel):
    items: list[RevisionItem]
    next: str | None


class DiffQuery(QueryModel):
    page: str = Field(min_length=1, description="The path of the page")
    from_: Number | None = Field(
        default=None, alias="from", description="By default the revision before `to`"
    )
    to: Number | None = Field(default=None, description="By default the current revision")
    context: int = Field(
        default=CONTEXT_LINES, ge=0, le=10_000, description="Lines around each change"
    )


class DiffSpan(ResponseModel):
    text: str
    changed: bool


class DiffLine(ResponseModel):
    """A line on both sides; `count` lines are left out in a `fold`."""

    kind: Literal["same", "changed", "removed", "added", "fold"]
    old_number: int | None
    new_number: int | None
    old: list[DiffSpan]
    new: list[DiffSpan]
    count: int
    moved: int | None = Field(description="The line on the other side that it was moved from or to")


class DetailChange(ResponseModel):
    """Something beside the text that changed; `name` is `title`, `tags` or that of a field."""

    name: str
    before: list[Any]
    after: list[Any]


class Difference(ResponseModel):
    path: str
    from_: int = Field(alias="from")
    to: int
    added: int = Field(description="Lines")
    removed: int
    details: list[DetailChange]
    lines: list[DiffLine]
    is_cut: bool = Field(description="There are more lines than are told")


class ChangesQuery(ListQuery):
    person: str = Field(default="", description="Changes by this person alone")
    kind: str = Field(default="", description="Of pages of this kind alone")
    hide: list[Literal["minor", "imported", "mine", "seen", "reviewed"]] = Field(
        default_factory=list, description="What to leave out; the last two for mentors"
    )


class ChangeItem(RevisionItem):
    """A change of a page, with how many other pages it changed, such as by a rename."""

    id: int
    page: str = Field(description="Where the page is now")
    kind: str
    page_deleted: bool
    changed_others: int


class ChangeList(ResponseModel):
    items: list[ChangeItem]
    next: str | None

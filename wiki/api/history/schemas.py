"""Response models of revisions, diffs and recent changes."""

from typing import Any, Literal

from pydantic import Field

from wiki.api.schema import ListQuery, Moment, Number, QueryModel, ResponseModel
from wiki.pages.diffing.diff import CONTEXT_LINES


class RevisionQuery(ListQuery):
    page: str = Field(min_length=1, description="The path of the page")
    author: str = Field(default="", description="Only revisions by this person")


class RevisionItem(ResponseModel):
    """A revision in a list. `action` says what made it, such as `rename`."""

    number: int
    action: str
    author: str | None
    author_name: str | None = Field(description="The author’s name if they have no account here")
    created_at: Moment
    summary: str
    minor: bool
    title: str
    path: str = Field(description="The path that the page had then")
    size: int = Field(description="Length in characters")
    delta: int | None = Field(description="Change of the length in characters, if known")
    parent: int | None = Field(description="The revision that it is based on")
    merged_with: int | None
    accepted_by: str | None = Field(description="Who accepted it, if it was a proposal")
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
        default=CONTEXT_LINES,
        ge=0,
        le=10_000,
        description="Unchanged lines to show around each change",
    )


class DiffSpan(ResponseModel):
    text: str
    changed: bool


class DiffLine(ResponseModel):
    """A row of a diff; a `fold` stands for `count` unchanged lines that are left out."""

    kind: Literal["same", "changed", "removed", "added", "fold"]
    old_number: int | None
    new_number: int | None
    old: list[DiffSpan]
    new: list[DiffSpan]
    count: int
    moved: int | None = Field(description="The line on the other side that it was moved from or to")


class DetailChange(ResponseModel):
    """A change of metadata; `name` is `title`, `tags` or the name of a field."""

    name: str
    before: list[Any]
    after: list[Any]


class Difference(ResponseModel):
    path: str
    from_: int = Field(alias="from")
    to: int
    added: int = Field(description="Number of added lines")
    removed: int
    details: list[DetailChange]
    lines: list[DiffLine]
    is_cut: bool = Field(description="Whether lines were left out because there are too many")


class ChangesQuery(ListQuery):
    person: str = Field(default="", description="Only changes by this person")
    kind: str = Field(default="", description="Only changes of pages of this kind")
    hide: list[Literal["minor", "imported", "mine", "seen", "reviewed"]] = Field(
        default_factory=list, description="Changes to leave out; the last two are for mentors"
    )


class ChangeItem(RevisionItem):
    """A change of a page, with the number of other pages that it changed, for example by a
    rename.
    """

    id: int
    page: str = Field(description="The current path of the page")
    kind: str
    page_deleted: bool
    changed_others: int


class ChangeList(ResponseModel):
    items: list[ChangeItem]
    next: str | None

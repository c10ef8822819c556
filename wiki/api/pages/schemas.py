"""Request and response models of pages."""

from typing import Annotated, Any, Literal

from pydantic import Field

from wiki.api.schema import (
    BodyModel,
    Id,
    Line,
    ListQuery,
    Moment,
    Number,
    QueryModel,
    ResponseModel,
    Text,
)
from wiki.naming import PATH_LIMIT, TITLE_LIMIT
from wiki.pages.writing.content import MAX_SUMMARY_LENGTH, MAX_TAG_LENGTH, MAX_TAGS

FIELDS_LIMIT = 100  # fields of one page
Title = Annotated[Line, Field(max_length=TITLE_LIMIT)]
Path = Annotated[Line, Field(max_length=PATH_LIMIT)]
Tag = Annotated[Line, Field(max_length=MAX_TAG_LENGTH)]
Summary = Annotated[Line, Field(max_length=MAX_SUMMARY_LENGTH)]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS)]
FieldName = Annotated[Line, Field(max_length=32)]
FieldValue = Text | list[Text] | None
FieldValues = Annotated[dict[FieldName, FieldValue], Field(max_length=FIELDS_LIMIT)]


class PageListQuery(ListQuery):
    kind: str = Field(default="", description="Only pages of this kind")
    status: str = Field(default="", description="Only pages with this status")
    tag: str = Field(default="", description="Only pages with this tag")
    below: str = Field(default="", description="Only pages below this path")
    sort: Literal["title", "changed"] = Field(
        default="title", description="By title, or most recently changed first"
    )


class PageParameters(QueryModel):
    revision: Number | None = Field(default=None, description="An earlier revision, by its number")
    html: bool = Field(
        default=False, description="Include the HTML of the page as you would see it"
    )


class PageItem(ResponseModel):
    """A page in a list."""

    path: str
    title: str
    kind: str
    status: str | None
    summary: str
    updated_at: Moment
    updated_by: str | None
    author_name: str | None = Field(description="Who wrote it elsewhere, without an account here")
    url: str


class PageList(ResponseModel):
    items: list[PageItem]
    next: str | None = Field(description="The cursor of the next part; `null` at the end")


class PageDocument(ResponseModel):
    """A page, or one of its revisions."""

    id: int
    path: str
    title: str
    kind: str
    status: str | None
    tags: list[str]
    fields: dict[str, Any]
    text: str = Field(description="The Markdown source, as it was written")
    revision: int
    current_revision: int
    updated_at: Moment
    updated_by: str | None
    author_name: str | None = Field(description="Who wrote it elsewhere, without an account here")
    accepted_by: str | None = Field(description="Who accepted it, if it was a proposal")
    url: str
    html: str | None = Field(default=None, description="Sanitized HTML, if it was asked for")


class NewPage(BodyModel):
    title: Title
    text: Text = ""
    path: Path | None = Field(default=None, description="By default derived from kind and title")
    kind: Line = "page"
    tags: Tags = Field(default_factory=list)
    status: Line | None = None
    fields: FieldValues = Field(default_factory=dict)
    summary: Summary = ""


class PageChange(BodyModel):
    """Changes to a page: what isn’t sent stays as it is, and a field that is `null` is emptied."""

    title: Title | None = None
    text: Text | None = None
    kind: Line | None = None
    tags: Tags | None = None
    status: Line | None = None
    fields: FieldValues = Field(default_factory=dict)
    summary: Summary = ""
    minor: bool = False
    base_revision: Number | None = Field(
        default=None,
        description="Instead of `If-Match`: merge with changes made since this revision",
    )


class PageDeletion(QueryModel):
    summary: str = Field(
        default="", max_length=MAX_SUMMARY_LENGTH, description="Why the page is deleted"
    )


class NewRestoration(BodyModel):
    page: Path = Field(description="The path of the page")
    revision: Number = Field(description="The revision to restore")
    summary: Summary = ""


class NewUndeletion(BodyModel):
    page: Path = Field(description="The path that the page had when it was deleted")
    id: Number | None = Field(
        default=None,
        description="Which page, if several were deleted at this path; by default the last one",
    )
    summary: Summary = ""


class NewRename(BodyModel):
    page: Path = Field(description="The current path of the page")
    path: Path
    title: Title | None = None
    with_subtree: bool = Field(default=True, description="Also move the pages below it")
    with_links: bool = Field(default=True, description="Update links in other pages")
    new_readers: bool = Field(
        default=False, description="Move it even if that changes who can read it"
    )
    summary: Summary = ""


class Saved(ResponseModel):
    """The outcome of a write."""

    id: Id
    path: str
    revision: Number
    merged_with: int | None = Field(
        default=None, description="The other person’s revision that it was merged with"
    )
    is_unchanged: bool = Field(default=False, description="There was nothing to store")
    url: str


class Renamed(Saved):
    moved_below: int
    relinked: int


class ConflictRegion(ResponseModel):
    """A region that both sides changed, as lines with their line endings."""

    line: int = Field(description="Its first line in `merged`, counted from 1")
    base: str
    theirs: str
    yours: str

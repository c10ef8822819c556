"""Request and response models of proposals."""

from typing import Annotated, Any, Literal

from pydantic import Field

from wiki.api.pages.schemas import FieldValues, Path, Saved, Summary, Tags, Title
from wiki.api.schema import (
    BodyModel,
    Line,
    ListQuery,
    Moment,
    Number,
    QueryModel,
    ResponseModel,
    Text,
)
from wiki.community.proposals.models import REASON_LIMIT
from wiki.community.proposals.proposing.parts import MAX_PARTS

Action = Literal["create", "edit", "rename", "delete"]
State = Literal["open", "asked", "accepted", "declined", "withdrawn"]


class ProposalQuery(ListQuery):
    state: Literal["", State, "all"] = Field(
        default="", description="By default, those waiting for a decision"
    )
    show: Literal["", "me", "mine"] = Field(
        default="", description="`me`: those waiting for your decision; `mine`: your own"
    )
    person: str = Field(default="", description="Only proposals by this person")
    place: str = Field(
        default="", description="Only proposals about the page at this path or pages below it"
    )
    kind: str = ""


class PartItem(ResponseModel):
    title: str
    kind: str
    is_new: bool
    action: Action


class ProposalItem(ResponseModel):
    """A proposal in a list."""

    id: int
    title: str
    author: str
    state: State
    version: int
    created_at: Moment
    decided_at: Moment | None
    decided_by: str | None
    parts: list[PartItem]


class ProposalList(ResponseModel):
    items: list[ProposalItem]
    next: str | None


class ProposalPart(ResponseModel):
    """The change that a proposal makes to one page."""

    number: int
    action: Action = Field(description="A rename may also change the text")
    standing: str = Field(description="The state of its page: `live`, `new`, `deleted` or `hidden`")
    path: str
    new_path: str | None = Field(description="The new path of a renamed page")
    title: str
    kind: str
    tags: list[str]
    fields: dict[str, Any]
    base_revision: int | None
    erased: bool
    text: str


class ProposalFileChange(ResponseModel):
    """The change that a pushed proposal makes to one file: it replaces, renames or deletes it."""

    file: int
    name: str
    new_name: str | None
    has_new_content: bool
    is_deletion: bool
    is_changed: bool = Field(description="Whether somebody has changed the file since")


class ProposalDocument(ResponseModel):
    id: int
    title: str
    author: str
    state: State
    version: int
    latest_version: int
    created_at: Moment
    decided_at: Moment | None
    decided_by: str | None
    reason: str = Field(description="The reason given for the decision")
    thread: int | None = Field(description="The id of its thread")
    may_decide: bool
    parts: list[ProposalPart]
    files: list[ProposalFileChange]
    url: str


class VersionQuery(QueryModel):
    version: Number | None = Field(default=None, description="An earlier version")


class ProposedPageBody(BodyModel):
    """A change of the page at `page`, based on `base_revision`; without `page`, a new page.

    A `path` renames the page. `delete` deletes it, and everything else is ignored.
    """

    page: Path | None = None
    base_revision: Number | None = None
    path: Path | None = Field(
        default=None, description="The path of a new page, or the new path of a page"
    )
    delete: bool = False
    title: Title | None = None
    text: Text | None = None
    kind: Line | None = None
    tags: Tags | None = None
    status: Line | None = None
    fields: FieldValues = Field(default_factory=dict)


class NewProposal(BodyModel):
    title: Summary = Field(default="", description="What it changes, and why")
    pages: Annotated[list[ProposedPageBody], Field(min_length=1, max_length=MAX_PARTS)]


class ProposalAmendment(NewProposal):
    version: Number = Field(description="The version that you have seen")


class ProposalSaved(ResponseModel):
    id: int
    version: int
    url: str


class AcceptRequest(BodyModel):
    version: Number = Field(description="The version that you have seen")


class Decision(AcceptRequest):
    action: Literal["ask", "decline"] = Field(description="Ask for changes, or decline")
    reason: Annotated[Text, Field(min_length=1, max_length=REASON_LIMIT)]


class Accepted(ResponseModel):
    pages: list[Saved]

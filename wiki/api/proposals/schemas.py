"""Proposals as programs read and make them."""

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
    state: Literal["", State, "all"] = Field(default="", description="By default those that wait")
    show: Literal["", "me", "mine"] = Field(
        default="", description="`me`: those that wait for your decision; `mine`: your own"
    )
    person: str = Field(default="", description="Those by this person")
    place: str = Field(default="", description="Those about the page at this path or below it")
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
    """What a proposal would make of a page."""

    number: int
    action: Action = Field(description="A rename may change the text, too")
    standing: str = Field(description="Of its page: `live`, `new`, `deleted` or `hidden`")
    path: str
    new_path: str | None = Field(description="Where a page that is renamed would be")
    title: str
    kind: str
    tags: list[str]
    fields: dict[str, Any]
    base_revision: int | None
    erased: bool
    text: str


class ProposalFileChange(ResponseModel):
    """What a proposal, made by a push, does with a file: replaces, renames or deletes it."""

    file: int
    name: str
    new_name: str | None
    has_new_content: bool
    is_deletion: bool
    is_changed: bool = Field(description="By somebody since, which whoever decides sees first")


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
    reason: str = Field(description="What was said with the decision")
    thread: int | None = Field(description="Its discussion")
    may_decide: bool
    parts: list[ProposalPart]
    files: list[ProposalFileChange]
    url: str


class VersionQuery(QueryModel):
    version: Number | None = Field(default=None, description="An earlier version")


class ProposedPageBody(BodyModel):
    """A change of the page at `page`, begun from `base_revision`; or without `page` a new one.

    With a `path`, a page is renamed; with `delete` it is deleted, whatever else is sent.
    """

    page: Path | None = None
    base_revision: Number | None = None
    path: Path | None = Field(default=None, description="Of a new page, or a page’s new one")
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
    version: Number = Field(description="The version that you have looked at")


class Decision(AcceptRequest):
    action: Literal["ask", "decline"] = Field(description="Ask for changes, or decline")
    reason: Annotated[Text, Field(min_length=1, max_length=REASON_LIMIT)]


class Accepted(ResponseModel):
    pages: list[Saved]

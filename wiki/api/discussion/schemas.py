"""Threads and comments as programs read and write them."""

from typing import Annotated, Literal

from pydantic import Field

from wiki.api.schema import BodyModel, Line, ListQuery, Moment, Number, ResponseModel, Text
from wiki.community.discussion.anchoring.anchors import CONTEXT_LENGTH, HEADING_LIMIT
from wiki.community.discussion.models import QUOTE_LIMIT

Around = Annotated[Text, Field(max_length=CONTEXT_LENGTH)]


class ThreadQuery(ListQuery):
    page: str = Field(default="", description="Of this page alone, by its path")
    show: Literal["open", "resolved", "all", "mine"] = "open"


class ThreadItem(ResponseModel):
    """A discussion in a list."""

    id: int
    about: str = Field(description="The title of the page, or of the proposal")
    page: str | None = Field(description="The path of the page it is about")
    heading: str = Field(description="The id of the section it is about")
    quote: str
    revision: int | None = Field(description="The revision that was read when it began")
    created_by: str
    created_at: Moment
    last_at: Moment
    comments: int
    resolved: bool
    begins: str = Field(description="How its first comment begins")


class ThreadList(ResponseModel):
    items: list[ThreadItem]
    next: str | None


class CommentDocument(ResponseModel):
    """A comment; of a deleted one, nothing but that it was there."""

    id: int
    author: str
    created_at: Moment
    edited_at: Moment | None
    version: int
    deleted: bool
    erased: bool
    text: str
    html: str


class ThreadDocument(ResponseModel):
    """A discussion with some of its comments, in order of time."""

    id: int
    about: str
    page: str | None
    heading: str
    quote: str
    created_by: str
    created_at: Moment
    resolved: bool
    resolved_by: str | None
    may_write: bool
    items: list[CommentDocument]
    next: str | None


class NewThread(BodyModel):
    page: Line = Field(min_length=1, description="The path of the page")
    text: Text = Field(min_length=1)
    heading: Annotated[Line, Field(max_length=HEADING_LIMIT)] = ""
    quote: Annotated[Text, Field(max_length=QUOTE_LIMIT)] = Field(
        default="", description="Words of the page that it is about"
    )
    before: Around = Field(default="", description="What stands before them, to tell the place")
    after: Around = ""
    revision: Number | None = Field(default=None, description="The one that you have read")


class NewComment(BodyModel):
    text: Text = Field(min_length=1)


class CommentChange(BodyModel):
    text: Text = Field(min_length=1)
    version: Number = Field(description="That of the comment as you read it")


class ThreadChange(BodyModel):
    resolved: bool


class CommentCreated(ResponseModel):
    """Where a comment is now."""

    comment: int
    thread: int
    url: str

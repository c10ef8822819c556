"""Request and response models of threads and comments."""

from typing import Annotated, Literal

from pydantic import Field

from wiki.api.schema import BodyModel, Line, ListQuery, Moment, Number, ResponseModel, Text
from wiki.community.discussion.anchoring.anchors import CONTEXT_LENGTH, HEADING_LIMIT
from wiki.community.discussion.models import QUOTE_LIMIT

Around = Annotated[Text, Field(max_length=CONTEXT_LENGTH)]


class ThreadQuery(ListQuery):
    page: str = Field(default="", description="Only threads about the page at this path")
    show: Literal["open", "resolved", "all", "mine"] = "open"


class ThreadItem(ResponseModel):
    """A thread in a list."""

    id: int
    about: str = Field(description="The title of the page, or of the proposal")
    page: str | None = Field(description="The path of the page it is about")
    heading: str = Field(description="The id of the section it is about")
    quote: str
    revision: int | None = Field(description="The revision that its author was reading")
    created_by: str
    created_at: Moment
    last_at: Moment
    comments: int
    resolved: bool
    begins: str = Field(description="The beginning of its first comment")


class ThreadList(ResponseModel):
    items: list[ThreadItem]
    next: str | None


class CommentDocument(ResponseModel):
    """A comment; of a deleted one, only that it existed."""

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
    """A thread with part of its comments, oldest first."""

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
        default="", description="The passage of the page that it is about"
    )
    before: Around = Field(
        default="", description="The words before them, to tell repeated passages apart"
    )
    after: Around = ""
    revision: Number | None = Field(default=None, description="The revision that you have read")


class NewComment(BodyModel):
    text: Text = Field(min_length=1)


class CommentChange(BodyModel):
    text: Text = Field(min_length=1)
    version: Number = Field(description="The version of the comment that you have read")


class ThreadChange(BodyModel):
    resolved: bool


class CommentCreated(ResponseModel):
    """Where to find a comment."""

    comment: int
    thread: int
    url: str

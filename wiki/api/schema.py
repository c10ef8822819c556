"""Types and base classes shared by all request and response models."""

import unicodedata
from datetime import datetime
from typing import Annotated, Any

from flask import Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from wiki.web.request_values import MAX_ID

DEFAULT_LIMIT = 50
MAX_LIMIT = 100  # items in one response
# What a view returns: a model, and optionally the status and headers.
ViewResult = BaseModel | tuple[BaseModel, int] | tuple[BaseModel, int, dict[str, str]] | Response


def _no_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("no text can contain NUL")
    return text


def _one_line(text: str) -> str:
    if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in text):
        raise ValueError("one line without control characters")
    return text


Text = Annotated[str, AfterValidator(_no_nul)]
Line = Annotated[str, AfterValidator(_one_line), Field(max_length=1000)]
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
Number = Annotated[int, Field(ge=1, le=MAX_ID)]


class BodyModel(BaseModel):
    """The base of request bodies. An unknown name is an error, since it is usually a typo."""

    model_config = ConfigDict(extra="forbid", strict=True)


class QueryModel(BaseModel):
    """The base of query strings; numbers and booleans are sent as text."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class ListQuery(QueryModel):
    """The base of queries for lists: which part of the list to return."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="Number of items to return")] = (
        DEFAULT_LIMIT
    )
    cursor: Annotated[
        str,
        Field(max_length=2000, description="`next` of the previous response"),
    ] = ""


class ResponseModel(BaseModel):
    """The base of responses."""

    model_config = ConfigDict(from_attributes=True)


class ProblemDocument(ResponseModel):
    """An error (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="The type of problem, as a link to its explanation")
    title: str = Field(description="What happened, in a few words")
    status: int = Field(description="The HTTP status")
    detail: str | None = Field(
        default=None, description="What happened in this case, and what to do"
    )
    errors: list["InvalidPart"] | None = Field(
        default=None, description="The invalid parts of the body or query"
    )


class InvalidPart(ResponseModel):
    """An invalid part of a body or query."""

    where: str = Field(description="The name of the part, such as `pages.0.title`")
    message: str


Moment = datetime
Fields = dict[str, Any]

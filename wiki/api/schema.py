"""What all bodies, queries and answers of the API have in common."""

import unicodedata
from datetime import datetime
from typing import Annotated, Any

from flask import Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from wiki.web.request_values import MAX_ID

DEFAULT_LIMIT = 50
MAX_LIMIT = 100  # items of one page of a list
# What a view returns: the answer, and if it isn't 200 the status, and headers.
Answer = BaseModel | tuple[BaseModel, int] | tuple[BaseModel, int, dict[str, str]] | Response


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
    """The base of bodies: an unknown name is an error, since it is mostly a typo."""

    model_config = ConfigDict(extra="forbid", strict=True)


class QueryModel(BaseModel):
    """The base of query strings, whose numbers and switches are text."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class ListQuery(QueryModel):
    """Which part of a list is asked for."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="Items in one answer")] = (
        DEFAULT_LIMIT
    )
    cursor: Annotated[
        str,
        Field(max_length=2000, description="`next` of the answer before, for what follows it"),
    ] = ""


class ResponseModel(BaseModel):
    """The base of answers."""

    model_config = ConfigDict(from_attributes=True)


class ProblemDocument(ResponseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="The kind of problem: a link to its explanation")
    title: str = Field(description="What happened, in a few words")
    status: int = Field(description="The HTTP status")
    detail: str | None = Field(default=None, description="What happened this time, and what to do")
    errors: list["InvalidPart"] | None = Field(
        default=None, description="What is wrong with a body or query, part by part"
    )


class InvalidPart(ResponseModel):
    """Something in a body or query that is wrong."""

    where: str = Field(description="Its place, such as `pages.0.title`")
    message: str


Moment = datetime
Fields = dict[str, Any]

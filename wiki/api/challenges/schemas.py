"""Answers to errors as programs read them, and votes as they send them."""

from typing import Annotated, Literal

from pydantic import Field

from wiki.api.pages.schemas import Path
from wiki.api.schema import BodyModel, Line, QueryModel, ResponseModel
from wiki.kinds.values import MAX_VERSION

Fingerprint = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class AnswerQuery(QueryModel):
    q: str = Field(default="", max_length=2_000, description="The words of the error")
    fingerprint: list[Fingerprint] = Field(
        default_factory=list,
        max_length=2,
        description="The fingerprint of the error, and that of its last line alone",
    )


class VersionCount(ResponseModel):
    version: str
    people: int


class AnswerItem(ResponseModel):
    """A page that may answer an error."""

    path: str
    title: str
    kind: str
    status: str | None
    is_same_error: bool = Field(description="It is about exactly this error")
    fix: str = Field(description="What solved it, in Markdown; empty if nobody has told")
    same: int = Field(description="How many have said that they have this problem, too")
    worked: int = Field(description="How many have said that the solution worked for them")
    versions: list[VersionCount] = Field(description="What it worked on, most people first")
    url: str


class AnswerList(ResponseModel):
    items: list[AnswerItem]


class NewVote(BodyModel):
    page: Path = Field(description="The path of a challenge")
    vote: Literal["same", "worked"] = Field(description="Same problem here, or: it worked for me")
    version: Annotated[Line, Field(max_length=MAX_VERSION)] = Field(
        default="", description="What it worked on, such as Django 5.2"
    )


class VoteQuery(QueryModel):
    page: str = Field(min_length=1, description="The path of a challenge")
    vote: Literal["same", "worked"] = Field(description="Which vote of yours is taken back")


class Votes(ResponseModel):
    """What people say of a challenge."""

    same: int
    worked: int
    versions: list[VersionCount]
    is_counted: bool = Field(description="Whether this vote changed anything")

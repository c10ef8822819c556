"""Request and response models of error lookups and votes."""

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
    fix: str = Field(description="What solved it, in Markdown; empty if nobody has said")
    same: int = Field(description="How many people have this problem too")
    worked: int = Field(description="How many people the solution worked for")
    versions: list[VersionCount] = Field(
        description="The versions that it worked on, most votes first"
    )
    url: str


class AnswerList(ResponseModel):
    items: list[AnswerItem]


class NewVote(BodyModel):
    page: Path = Field(description="The path of a challenge")
    vote: Literal["same", "worked"] = Field(
        description="`same`: you have this problem too; `worked`: the solution worked for you"
    )
    version: Annotated[Line, Field(max_length=MAX_VERSION)] = Field(
        default="", description="The version that it worked on, such as Django 5.2"
    )


class VoteQuery(QueryModel):
    page: str = Field(min_length=1, description="The path of a challenge")
    vote: Literal["same", "worked"] = Field(description="Which of your votes to withdraw")


class Votes(ResponseModel):
    """The votes on a challenge."""

    same: int
    worked: int
    versions: list[VersionCount]
    is_counted: bool = Field(description="Whether this vote changed anything")

"""Request and response models of access rules."""

from typing import Annotated, Literal

from pydantic import Field

from wiki.access.models import NOTE_LIMIT
from wiki.api.schema import BodyModel, Line, Moment, QueryModel, ResponseModel
from wiki.naming import PATH_LIMIT

RankName = Literal["anybody", "signed-in", "learner", "mentor", "admin"]
GroupNames = Annotated[list[Line], Field(max_length=200)]


class RuleBody(BodyModel):
    """Who reads and who edits: a rank with those above it, and groups."""

    path: Annotated[Line, Field(max_length=PATH_LIMIT)] = Field(
        description="Empty for the whole wiki"
    )
    covers: Literal["tree", "page"] = "tree"
    read: RankName
    edit: RankName
    readers: GroupNames = Field(default_factory=list, description="Names of groups")
    editors: GroupNames = Field(default_factory=list)
    note: Annotated[Line, Field(max_length=NOTE_LIMIT)] = ""


class RuleQuery(QueryModel):
    path: str = Field(min_length=1, max_length=PATH_LIMIT)


class RuleItem(ResponseModel):
    path: str
    covers: str
    read: RankName
    edit: RankName
    readers: list[str]
    editors: list[str]
    note: str
    set_by: str | None
    set_at: Moment | None
    pages: int = Field(description="Number of pages that it applies to")


class RuleList(ResponseModel):
    items: list[RuleItem]
    next: str | None

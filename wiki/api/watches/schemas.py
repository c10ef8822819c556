"""Request and response models of watches."""

from typing import Literal

from pydantic import Field

from wiki.api.schema import BodyModel, Line, ListQuery, Moment, ResponseModel

ScopeName = Literal["page", "tree", "tag", "kind", "all"]


class WatchQuery(ListQuery):
    scope: Literal["", ScopeName] = ""


class WatchItem(ResponseModel):
    id: int
    scope: ScopeName
    name: str = Field(description="The path, the tag or the kind")
    title: str | None = Field(description="The title of a watched page")
    is_automatic: bool = Field(description="Whether it was added because you edited the page")
    created_at: Moment


class WatchList(ResponseModel):
    items: list[WatchItem]
    next: str | None


class NewWatch(BodyModel):
    scope: ScopeName
    name: Line = Field(default="", description="The path, tag or kind; empty for `all`")

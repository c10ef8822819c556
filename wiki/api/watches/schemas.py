"""Watches as programs read and set them."""

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
    title: str | None = Field(description="Of a page")
    is_automatic: bool = Field(description="Begun by writing there")
    created_at: Moment


class WatchList(ResponseModel):
    items: list[WatchItem]
    next: str | None


class NewWatch(BodyModel):
    scope: ScopeName
    name: Line = Field(default="", description="The path, the tag or the kind; of `all`, nothing")

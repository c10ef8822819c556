"""Watches as programs read and set them."""

from typing import Literal

from pydantic import Field

from wiki.api.schema import Given, Line, ListQuery, Moment, Sent

ScopeName = Literal["page", "tree", "tag", "kind", "all"]


class WatchQuery(ListQuery):
    scope: Literal["", "page", "tree", "tag", "kind", "all"] = ""


class WatchItem(Given):
    id: int
    scope: ScopeName
    name: str = Field(description="The path, the tag or the kind")
    title: str | None = Field(description="Of a page")
    is_automatic: bool = Field(description="Begun by writing there")
    created_at: Moment


class WatchList(Given):
    items: list[WatchItem]
    next: str | None


class NewWatch(Sent):
    scope: ScopeName
    name: Line = Field(default="", description="The path, the tag or the kind; of `all`, nothing")

"""Reads what a program asks to watch, and lists what somebody watches."""

from wiki.access.permissions import Viewer
from wiki.api.cursors import part_by_offset
from wiki.api.pages.contents import refused_part
from wiki.api.watches.schemas import NewWatch, WatchItem, WatchList, WatchQuery
from wiki.community.watching.models import WatchScope
from wiki.community.watching.watches import (
    EVERYTHING,
    Target,
    WatchEntry,
    choose,
    list_watches,
)
from wiki.kinds.current import all_kinds
from wiki.naming import clean_path
from wiki.pages.errors import PageNotFound
from wiki.pages.queries.page_queries import visible_page
from wiki.pages.writing.content import clean_tags


def watch_list(viewer: Viewer, query: WatchQuery) -> WatchList:
    """The viewer’s watches, newest first, and the next cursor."""
    found, cursor = part_by_offset(
        query,
        lambda skip, count: list_watches(viewer, scope=query.scope, offset=skip, limit=count),
    )
    return WatchList(items=[_item(each) for each in found], next=cursor)


def create_watch(viewer: Viewer, sent: NewWatch) -> WatchItem:
    """Add a watch. Raises `PageNotFound`, `NameRefused`, `TooManyWatches`, `Problem` (422)."""
    target = _target(viewer, sent)
    choose(viewer.user_id or 0, [target], [target.key])
    found = list_watches(viewer, target=target.key)
    if not found:  # deleted or restricted meanwhile
        raise PageNotFound(sent.name)
    return _item(found[0])


def _target(viewer: Viewer, sent: NewWatch) -> Target:
    match sent.scope:
        case "all":
            return EVERYTHING
        case "page":
            return Target(WatchScope.PAGE, page_id=visible_page(viewer, sent.name).id)
        case "tree":
            return Target(WatchScope.TREE, clean_path(sent.name))
        case "tag":
            if len(tags := clean_tags([sent.name])) == 1:
                return Target(WatchScope.TAG, tags[0])
        case "kind":
            if sent.name in all_kinds():
                return Target(WatchScope.KIND, sent.name)
    raise refused_part("name", "There is nothing of this name to watch.")


def _item(entry: WatchEntry) -> WatchItem:
    return WatchItem(
        id=entry.id,
        scope=WatchScope(entry.scope).value,
        name=entry.path or entry.name,
        title=entry.title,
        is_automatic=entry.is_automatic,
        created_at=entry.created_at,
    )

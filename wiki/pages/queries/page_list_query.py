"""Queries for lists of pages, as written in a fenced block named `pages`.

One `name: value` per line: `tag` and `not-tag` (repeatable), `kind`, `status`, `path` (pages below
it), `sort` (`title` or `changed`) and `limit`.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement

from wiki.access.permissions import Viewer
from wiki.kinds.builtin import STATUSES
from wiki.kinds.current import all_kinds
from wiki.naming import path_key
from wiki.pages.models import Page
from wiki.pages.queries.folders import is_below
from wiki.pages.queries.page_lists import ListedPage, has_tag, pages_where
from wiki.web.request_values import parse_number

MAX_LIST_LENGTH = 100  # pages in one list
DEFAULT_LIST_LENGTH = 20
SORTS = ("title", "changed")


class PageQueryRefused(ValueError):
    """An invalid line: `line` is its text, `reason` a code.

    `unknown-name`, `unknown-kind`, `unknown-status`, `unknown-sort`, `limit`, `nothing-asked`.
    """

    def __init__(self, reason: str, line: str = "") -> None:
        super().__init__(reason, line)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class PageQuery:
    """The pages to list; they must match all conditions."""

    tags: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    kind: str = ""
    status: str = ""
    path: str = ""
    sort: str = "title"
    limit: int = DEFAULT_LIST_LENGTH


def parse_query(text: str) -> PageQuery:
    """The query in the text of a block. Raises `PageQueryRefused`."""
    tags: list[str] = []
    without: list[str] = []
    single: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.split("\n"))):
        name, colon, value = line.partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon or not value:
            raise PageQueryRefused("unknown-name", line)
        if name in {"tag", "not-tag"}:
            (tags if name == "tag" else without).append(path_key(value))
        elif name in {"kind", "status", "path", "sort", "limit"}:
            single[name] = _checked_value(name, value, line)
        else:
            raise PageQueryRefused("unknown-name", line)
    if not (tags or single.keys() & {"kind", "status", "path"}):
        raise PageQueryRefused("nothing-asked")
    limit = int(single.pop("limit", DEFAULT_LIST_LENGTH))
    return PageQuery(tuple(tags), tuple(without), limit=limit, **single)


def _checked_value(name: str, value: str, line: str) -> str:
    match name:
        case "path":
            return path_key(value.strip("/"))
        case "limit":
            if not parse_number(value, MAX_LIST_LENGTH):
                raise PageQueryRefused("limit", line)
            return value
        case _:
            known = {"kind": all_kinds(), "status": STATUSES, "sort": SORTS}[name]
            if value.lower() not in known:
                raise PageQueryRefused(f"unknown-{name}", line)
            return value.lower()


def pages_by_query(viewer: Viewer, query: PageQuery) -> list[ListedPage]:
    """The pages that match the query and that the viewer may see."""
    conditions: list[ColumnElement[bool]] = [has_tag(key) for key in query.tags]
    conditions += [~has_tag(key) for key in query.without]
    if query.kind:
        conditions.append(Page.kind == query.kind)
    if query.status:
        conditions.append(Page.status == query.status)
    if query.path:
        conditions.append(is_below(Page.key, query.path))
    newest_first = query.sort == "changed"
    return pages_where(viewer, *conditions, newest_first=newest_first, limit=query.limit)

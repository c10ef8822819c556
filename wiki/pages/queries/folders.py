"""The pages below a path, whether or not there is a page at the path itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Subquery, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from wiki.access.permissions import Viewer, visible_to
from wiki.database import db, is_sqlite
from wiki.letters import natural_sort_key
from wiki.naming import path_key, title_of_path
from wiki.pages.errors import PageNotFound
from wiki.pages.models import Page
from wiki.pages.queries.page_lists import ListedPage, pages_where


class key_in_range(FunctionElement[bool]):  # noqa: N801  # a function of SQL, named as such
    """Whether a key lies between two others, compared byte by byte, so that its index is used."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """Itself without parentheses: SQLite would get `(…) = 1` and scan the whole index."""
        return self


@compiles(key_in_range)
def _in_range(element: Any, compiler: Any, **options: Any) -> str:
    column, low, high = (compiler.process(each, **options) for each in element.clauses)
    # On PostgreSQL these ignore the collation, and there is an index for them.
    least, below = (">=", "<") if compiler.dialect.name == "sqlite" else ("~>=~", "~<~")
    return f"({column} {least} ({low}) AND {column} {below} ({high}))"


def is_below(column: Any, key: Any) -> ColumnElement[bool]:
    """Whether `column` has a key below `key`, which is a text or an expression."""
    return key_in_range(column, key + "/", key + "0")  # "0" comes right after "/"


@dataclass(frozen=True, slots=True)
class Folder:
    """A path with pages below it; `count` is the number of its direct entries."""

    path: str
    count: int


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """A page directly below a path, or a folder without one; `below` counts the pages below it."""

    path: str
    title: str
    page: ListedPage | None
    below: int


def folder_at(viewer: Viewer, path: str) -> Folder:
    """The folder at `path`, spelled as in the paths of the pages below it.

    Raises `PageNotFound` if this viewer may see none of them.
    """
    key = path_key(path)
    inside = _pages_inside(viewer, key)
    query = select(func.count(inside.c.name.distinct()), func.min(inside.c.path))
    count, first = db.session.execute(query).one()
    if not count:
        raise PageNotFound(path)
    return Folder(_prefix_of(first, key), count)


def folder_entries(
    viewer: Viewer, folder: Folder, *, offset: int = 0, limit: int
) -> Sequence[FolderEntry]:
    """The direct entries of `folder`: those with a position first, then by title, numbers in
    natural order.
    """
    key = path_key(folder.path)
    inside = _pages_inside(viewer, key)
    is_own = inside.c.is_deep == 0
    own_title = func.max(case((is_own, inside.c.title_key)))
    # SQLite and PostgreSQL have no common natural order, and read the whole folder anyway.
    everything = db.session.execute(
        select(
            inside.c.name,
            func.min(inside.c.path),
            func.sum(inside.c.is_deep),
            func.coalesce(own_title, inside.c.name).label("title"),
            case(
                (own_title.is_not(None), func.max(case((is_own, inside.c.position)))),
                else_=func.min(inside.c.position),  # a folder without a page
            ).label("position"),
        ).group_by(inside.c.name)
    )
    ordered = sorted(everything, key=_order)
    rows = ordered[offset : offset + limit]
    keys = [f"{key}/{row.name}" for row in rows]
    own = pages_where(viewer, Page.key.in_(keys))
    pages = {path_key(page.path): page for page in own}
    found = []
    for child_key, (_name, first, below, *_) in zip(keys, rows, strict=True):
        page, path = pages.get(child_key), _prefix_of(first, child_key)
        title = page.title if page else title_of_path(path)
        found.append(FolderEntry(page.path if page else path, title, page, below))
    return found


def _order(row: Any) -> tuple[bool, float, tuple[str | int, ...], str]:
    return row.position is None, row.position or 0.0, natural_sort_key(row.title), row.name


def _pages_inside(viewer: Viewer, key: str) -> Subquery:
    """All pages below `key`; `name` is the next segment of their key, `is_deep` if more follow."""
    rest = func.substr(Page.key, len(key) + 2)
    slash = (func.instr if is_sqlite(db.session()) else func.strpos)(rest, "/")
    return (
        select(
            Page.path,
            Page.title_key,
            Page.position,
            case((slash > 0, func.substr(rest, 1, slash - 1)), else_=rest).label("name"),
            case((slash > 0, 1), else_=0).label("is_deep"),
        )
        .where(is_below(Page.key, key), visible_to(viewer, Page))
        .subquery()
    )


def _prefix_of(path: str, key: str) -> str:
    """The leading segments of `path`, as many as `key` has."""
    return "/".join(path.split("/")[: key.count("/") + 1])

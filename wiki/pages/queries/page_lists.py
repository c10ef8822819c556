"""Lists of pages by kind, by tag and by title, and those of the front page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    union_all,
)

from wiki.access.permissions import Viewer, visible_to, visible_to_bound
from wiki.accounts.models import User
from wiki.database import db, fetch_records, select_record
from wiki.i18n import Words
from wiki.kinds.current import all_kinds, kind_of
from wiki.naming import path_key
from wiki.pages.models import Page, Tag

OTHER_LETTERS = "#"  # group of titles that don't begin with a letter


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page in a list, without its text; `updated_at` is in UTC."""

    id: int
    path: str
    title: str
    kind: str
    status: str | None
    summary: str
    position: float | None
    updated_at: datetime
    updated_by: str | None

    @property
    def kind_label(self) -> Words:
        """The name of its kind, translated when shown."""
        return kind_of(self.kind).label


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag, and the number of pages with it."""

    name: str
    key: str
    count: int


@dataclass(frozen=True, slots=True)
class KindSummary:
    """What the front page shows about a kind."""

    count: int
    pages: Sequence[ListedPage]


@dataclass(frozen=True, slots=True)
class FrontPage:
    """What the front page shows: kinds with pages, challenges, changes, and where to start.

    `challenges` are open ones or, if there are none, the last ones solved.
    """

    shelves: Mapping[str, KindSummary]
    challenges: Sequence[ListedPage]
    changes: Sequence[ListedPage]
    start: ListedPage | None

    @property
    def page_count(self) -> int:
        """The number of pages of all kinds that the viewer may see."""
        return sum(shelf.count for shelf in self.shelves.values())


def _listed() -> "Select[*tuple[Any, ...]]":
    query = select_record(ListedPage, Page, updated_by=User.username)
    return query.outerjoin(User, User.id == Page.updated_by_id)


def pages_where(
    viewer: Viewer,
    *conditions: ColumnElement[bool],
    newest_first: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> list[ListedPage]:
    """Pages that match all conditions, by title or, if `newest_first`, last changed first."""
    order = (Page.updated_at.desc(), Page.id.desc()) if newest_first else (Page.title_key, Page.id)
    query = _listed().where(visible_to(viewer, Page), *conditions)
    return fetch_records(ListedPage, query.order_by(*order).offset(offset).limit(limit))


def page_addresses(viewer: Viewer, *, offset: int = 0, limit: int) -> list[tuple[str, datetime]]:
    """Paths of pages and the times of their last changes, in the order of creation."""
    query = select(Page.path, Page.updated_at).where(visible_to(viewer, Page)).order_by(Page.id)
    return [(path, at) for path, at in db.session.execute(query.offset(offset).limit(limit))]


def _of_kind(kind: str, status: str | None) -> ColumnElement[bool]:
    return and_(Page.kind == kind, Page.status == status) if status else Page.kind == kind


def count_pages_of_kind(viewer: Viewer, kind: str, status: str | None = None) -> int:
    """The number of pages of a kind, and optionally of a status, that the viewer may see."""
    query = select(func.count()).select_from(Page)
    return db.session.scalar(query.where(visible_to(viewer, Page), _of_kind(kind, status))) or 0


def pages_of_kind(
    viewer: Viewer, kind: str, status: str | None = None, *, offset: int = 0, limit: int
) -> list[ListedPage]:
    """Pages of a kind, and optionally of a status, by title."""
    return pages_where(viewer, _of_kind(kind, status), offset=offset, limit=limit)


def count_by_kind(viewer: Viewer) -> dict[str, int]:
    """The number of pages of each kind; kinds without pages are left out."""
    rows = db.session.execute(_counts(visible_to(viewer, Page)))
    return {kind: count for kind, count in rows if kind in all_kinds()}


def _counts(condition: ColumnElement[bool]) -> "Select[str, int]":
    count = func.count().label("pages")
    return select(Page.kind, count).where(condition).group_by(Page.kind)


def all_tags(viewer: Viewer, *, offset: int = 0, limit: int | None = None) -> list[TagCount]:
    """Every tag of pages that the viewer may see, by key, with the number of these pages.

    Shows the most frequent spelling of a tag; of equally frequent ones, that of the oldest page.
    """
    spellings = _spellings(viewer)
    if limit is not None:
        keys = select(Tag.key).join(Page, Page.id == Tag.page_id).where(visible_to(viewer, Page))
        part = keys.distinct().order_by(Tag.key).offset(offset).limit(limit).subquery()
        spellings = spellings.where(Tag.key.in_(select(part.c.key)))
    return _tags(spellings)


def tag_by_name(viewer: Viewer, name: str) -> TagCount | None:
    """The tag with this name or key, as in `all_tags`; `None` if no page has it."""
    found = _tags(_spellings(viewer).where(Tag.key == path_key(name)))
    return found[0] if found else None


def _spellings(viewer: Viewer) -> "Select[str, str, int]":
    """Each spelling of each tag, the one to show first."""
    count = func.count().label("pages")
    return (
        select(Tag.key, Tag.name, count)
        .join(Page, Page.id == Tag.page_id)
        .where(visible_to(viewer, Page))
        .group_by(Tag.key, Tag.name)
        # A page has a tag only once, so the first pages of two spellings differ.
        .order_by(Tag.key, count.desc(), func.min(Tag.page_id))
    )


def _tags(query: "Select[str, str, int]") -> list[TagCount]:
    found = []
    for key, rows in groupby(db.session.execute(query), lambda row: row.key):
        spellings = list(rows)
        total = sum(row.pages for row in spellings)
        found.append(TagCount(spellings[0].name, key, total))
    return found


def pages_by_tag(viewer: Viewer, key: str, *, offset: int = 0, limit: int) -> list[ListedPage]:
    """Pages with the tag that has this key, by title."""
    return pages_where(viewer, has_tag(key), offset=offset, limit=limit)


def has_tag(key: str) -> ColumnElement[bool]:
    """A condition on `Page`: it has the tag with this key (see `path_key`)."""
    return Page.id.in_(select(Tag.page_id).where(Tag.key == key))


def _first_letter() -> ColumnElement[str]:
    # With numbers as parameters, the expressions in SELECT and GROUP BY would differ.
    one: ColumnElement[int] = literal_column("1")
    return func.substr(Page.title_key, one, one)


def count_by_letter(viewer: Viewer) -> dict[str, int]:
    """The number of pages by the first letter of their title, in capitals; `#` for all others."""
    rows = db.session.execute(
        select(_first_letter(), func.count())
        .where(visible_to(viewer, Page))
        .group_by(_first_letter())
    )
    found: dict[str, int] = {}
    for first, count in rows:
        letter = _letter_shown(first)
        found[letter] = found.get(letter, 0) + count
    return dict(sorted(found.items(), key=lambda item: (item[0] != OTHER_LETTERS, item[0])))


def _letter_shown(first: str) -> str:
    # A capital may be two letters (ŉ); one that folds to something else can't be queried.
    capital = first.upper()
    return (capital if path_key(capital) == first else first) if first.isalpha() else OTHER_LETTERS


def pages_by_title(
    viewer: Viewer, letter: str | None = None, *, offset: int = 0, limit: int
) -> list[ListedPage]:
    """All pages by title, or only those under one letter of `count_by_letter`."""
    conditions: list[ColumnElement[bool]] = []
    if letter == OTHER_LETTERS:
        firsts = db.session.scalars(
            select(_first_letter()).where(visible_to(viewer, Page)).distinct()
        )
        others = [first for first in firsts if _letter_shown(first) == OTHER_LETTERS]
        conditions = [_first_letter().in_(others)]
    elif letter:
        conditions = [_first_letter() == path_key(letter)]
    return pages_where(viewer, *conditions, offset=offset, limit=limit)


def load_front_page(
    viewer: Viewer, *, start_path: str, each: int, challenges: int, changes: int
) -> FrontPage:
    """The front page in three queries: `each` pages of each kind, and so many challenges and
    changes.

    `start_path` is the path of the page for newcomers.
    """
    shelves, start = _kind_summaries(viewer, start_path, each)
    latest = fetch_records(ListedPage, _latest_query(changes), viewer.bindings)
    return FrontPage(shelves, _challenges(viewer, challenges), latest, start)


def _kind_summaries(
    viewer: Viewer, start_path: str, each: int
) -> tuple[dict[str, KindSummary], ListedPage | None]:
    start_key = path_key(start_path)
    query = _kind_summaries_query(each, tuple(all_kinds()))
    found: dict[str, tuple[int, list[ListedPage]]] = {}
    start = None
    for *columns, count in db.session.execute(query, {"start_key": start_key, **viewer.bindings}):
        page = ListedPage(*columns)
        if path_key(page.path) == start_key:
            start = page
        pages = found.setdefault(page.kind, (count, []))[1]
        if len(pages) < each:
            pages.append(page)
    # In the order of `all_kinds`.
    return {name: KindSummary(*found[name]) for name in all_kinds() if name in found}, start


@lru_cache(maxsize=4)
def _kind_summaries_query(each: int, names: tuple[str, ...]) -> "Select[*tuple[Any, ...]]":
    """The statement, cached, since composing it takes longer than running it."""
    counts = _counts(visible_to_bound(Page)).subquery()
    # One query per kind reads `each` index entries; ranking all pages at once would read them all.
    newest = [_newest(kind, each) for kind in names]
    beginning = select(Page.id).where(visible_to_bound(Page), Page.key == bindparam("start_key"))
    shown = union_all(*newest, beginning).subquery()
    return (
        _listed()
        .add_columns(counts.c.pages)
        .join(counts, counts.c.kind == Page.kind)
        .where(Page.id.in_(select(shown.c.id)))
        .order_by(Page.updated_at.desc(), Page.id.desc())
    )


def _newest(kind: str, limit: int) -> "Select[int]":
    ids = (
        select(Page.id)
        .where(visible_to_bound(Page), Page.kind == kind)
        .order_by(Page.updated_at.desc(), Page.id.desc())
        .limit(limit)
        .subquery()
    )
    return select(ids.c.id)


def _challenges(viewer: Viewer, limit: int) -> list[ListedPage]:
    found = fetch_records(ListedPage, _challenges_query(limit), viewer.bindings)
    for status in ("open", "solved"):
        if shown := [page for page in found if page.status == status]:
            return shown
    return []


@lru_cache(maxsize=4)
def _challenges_query(limit: int) -> "Select[*tuple[Any, ...]]":
    order = case((Page.status == "open", 0), (Page.status == "solved", 1), else_=2)
    return (
        _listed()
        .where(visible_to_bound(Page), Page.kind == "challenge")
        .order_by(order, Page.updated_at.desc(), Page.id.desc())
        .limit(limit)
    )


@lru_cache(maxsize=4)
def _latest_query(limit: int) -> "Select[*tuple[Any, ...]]":
    newest = _listed().where(visible_to_bound(Page))
    return newest.order_by(Page.updated_at.desc(), Page.id.desc()).limit(limit)

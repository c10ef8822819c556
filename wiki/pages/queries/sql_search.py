"""Search without an index: the database scans all texts for the words of the query."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    SQLColumnExpression,
    Subquery,
    and_,
    case,
    false,
    func,
    literal,
    not_,
    or_,
    select,
)

from wiki.access.permissions import Viewer, visible_to
from wiki.accounts.models import User
from wiki.database import db
from wiki.naming import path_key
from wiki.pages.models import Page, Rendering, Revision, Tag
from wiki.pages.queries.field_documents import indexed_fields
from wiki.pages.queries.folders import is_below
from wiki.search.analysis.folding import fold_with_places
from wiki.search.documents import label_key
from wiki.search.query.literal_terms import literal_texts
from wiki.search.query.model import Changed, Filter, InTitle, Item, Query

MAX_TERMS = 60  # terms searched for; each is a bit of an integer in the database
FIELD_WEIGHTS = {"title": 5, "tags": 3, "text": 1}

Condition = ColumnElement[bool]


def search_sql(
    viewer: Viewer,
    query: Query,
    words: Sequence[str],
    *,
    limit: int,
    offset: int = 0,
    pinned: Sequence[int] = (),
) -> tuple[int, list[int]]:
    """The total number of matching pages, and the ids of one page of results.

    At least one of `words` must occur, unless the query is stricter. Pages with most of the words
    come first, especially with words in their titles. The pages `pinned` precede them, in this
    order, unless filters exclude them.
    """
    if query.is_empty:
        return 0, []
    items = [item for group in (*query.required, query.excluded) for item in group]
    texts = dict.fromkeys((*words, *(text for item in items for text in literal_texts(item))))
    matches = _TermMatches(viewer, list(texts)[:MAX_TERMS])
    conditions = [or_(*map(matches.holds, group)) for group in query.required]
    conditions += [not_(matches.holds(item)) for item in query.excluded]
    if query.words and not query.requires_text:
        conditions.append(or_(Page.id.in_(pinned), *map(matches.anywhere, words)))
    found = (
        select(Page.id)
        .join(matches.held, matches.held.c.id == Page.id)
        .where(*conditions)
        .order_by(matches.score(words).desc(), Page.title_key)
    )
    # One statement: counting would read all texts a second time.
    ids = list(db.session.scalars(found))
    if pinned:
        ids = [*(each for each in pinned if each in ids), *(i for i in ids if i not in pinned)]
    return len(ids), ids[offset : offset + limit]


class _TermMatches:
    """The terms of a query as bits, and columns that tell which terms a page contains."""

    def __init__(self, viewer: Viewer, texts: Sequence[str]) -> None:
        self._bits = {text: 1 << number for number, text in enumerate(texts)}
        self.held = _held_in_pages(viewer, texts)

    def holds(self, item: Item) -> Condition:
        """Whether a page matches an item of the query."""
        if isinstance(item, Filter):
            return _has_label(item)
        if isinstance(item, Changed):
            since = Page.updated_at >= item.since if item.since else None
            until = Page.updated_at < item.until if item.until else None
            return and_(*(each for each in (since, until) if each is not None))
        parts = ("title",) if isinstance(item, InTitle) else tuple(FIELD_WEIGHTS)
        texts = [text for text in literal_texts(item) if text in self._bits]
        return and_(*(self._in(parts, text) for text in texts)) if texts else false()

    def anywhere(self, text: str) -> Condition:
        """Whether the text occurs in the title, tags or text of a page."""
        return self._in(tuple(FIELD_WEIGHTS), text)

    def score(self, words: Sequence[str]) -> ColumnElement[int]:
        """The rank of a page: the sum of the weights of the parts that contain these words."""
        return sum(
            (
                case((self._in((part,), word), weight), else_=0)
                for word in words
                for part, weight in FIELD_WEIGHTS.items()
            ),
            start=literal(0),
        )

    def _in(self, parts: Collection[str], text: str) -> Condition:
        bit = self._bits[text]
        return or_(*(self.held.c[part].bitwise_and(bit) != 0 for part in parts))


def _held_in_pages(viewer: Viewer, texts: Sequence[str]) -> Subquery:
    tags = select(func.aggregate_strings(Tag.name, "\n")).where(Tag.page_id == Page.id)
    columns: dict[str, Any] = {
        "title": Page.title,
        "tags": tags.correlate(Page).scalar_subquery(),
        "text": Rendering.body + "\n" + Rendering.code,
    }
    held = _held_sqlite if _knows_folding() else _held_by_lower
    numbers = [held(column, texts).label(name) for name, column in columns.items()]
    found = select(Page.id, *numbers).join(Rendering, Rendering.page_id == Page.id)
    # An offset keeps databases from flattening the subquery, so each text is read once.
    return found.where(visible_to(viewer, Page)).offset(0).subquery()


def _has_label(item: Filter) -> Condition:
    if item.field == "in":
        key = path_key(item.value)
        return or_(Page.key == key, is_below(Page.key, key))
    if item.field == "tag":
        return Page.id.in_(select(Tag.page_id).where(_is_called(Tag.name, item.value)))
    if item.field == "author":
        named = select(User.id).where(_is_called(User.username, item.value))
        return func.coalesce(Page.updated_by_id.in_(named), false())
    if item.field == "field":
        return Page.id.in_(_pages_with_field(item.value))
    column: Any = Page.kind if item.field == "kind" else func.coalesce(Page.status, "")
    return _is_called(column, item.value)


def _pages_with_field(label: str) -> list[int]:
    """The ids of pages with a field of this label, compared as the index does."""
    name, _, _value = label_key(label).partition("=")
    query = select(Page.id, Page.kind, Revision.fields).join(
        Revision, (Revision.page_id == Page.id) & (Revision.number == Page.revision_count)
    )
    rows = db.session.execute(query.where(Revision.fields[name].as_string().is_not(None)))
    return [
        row.id for row in rows if label_key(label) in indexed_fields(row.kind, row.fields).labels
    ]


def _is_called(column: SQLColumnExpression[str], value: str) -> Condition:
    """Whether a column has this label, compared as the index does; there are few labels."""
    names = db.session.scalars(select(column).distinct())
    return column.in_([name for name in names if name and label_key(name) == label_key(value)])


# SQLite folds ASCII only, so it calls back into Python. PostgreSQL folds all letters.


def _knows_folding() -> bool:
    connection = db.session.connection()
    if connection.dialect.name != "sqlite":
        return False
    if "nexus_held" not in connection.info:
        driver: Any = connection.connection.driver_connection
        driver.create_function("nexus_held", 2, _held, deterministic=True)
        connection.info["nexus_held"] = True
    return True


def _held_sqlite(column: Any, texts: Sequence[str]) -> ColumnElement[int]:
    return func.nexus_held(column, "\n".join(texts), type_=BigInteger)


def _held(text: str | None, texts: str) -> int:
    """The bits of those of `texts`, one per line, that occur in `text`."""
    folded = fold_with_places(text or "").text
    if " " in texts:
        folded = " ".join(folded.split())
    return sum(1 << number for number, each in enumerate(_folded_lines(texts)) if each in folded)


@lru_cache(maxsize=64)
def _folded_lines(texts: str) -> list[str]:
    return [fold_with_places(each).text for each in texts.split("\n")] if texts else []


def _held_by_lower(column: Any, texts: Sequence[str]) -> ColumnElement[int]:
    tests = (
        case((_holds(column, text), literal(1 << number, BigInteger)), else_=0)
        for number, text in enumerate(texts)
    )
    return sum(tests, start=literal(0, BigInteger))


def _holds(column: Any, text: str) -> Condition:
    if " " in text:
        column = func.regexp_replace(column, r"\s+", " ", "g")
    lowered = dict.fromkeys((text.lower(), fold_with_places(text).text))
    tests = [func.lower(column).contains(each, autoescape=True) for each in lowered]
    if not text.isascii():
        # A database created with the C locale folds ASCII only as well.
        written = dict.fromkeys((text, text.lower(), text.title(), text.upper()))
        tests += [column.contains(each, autoescape=True) for each in written]
    return or_(*tests)

"""Who wrote a page, in the one statement of its view; and who wrote lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, func, literal, select

from wiki.access.permissions import Viewer, visible_to_bound
from wiki.accounts.models import User
from wiki.community.credit.counting import counts_as_writing
from wiki.database import db
from wiki.pages.models import Page, Revision
from wiki.pages.queries.page_extras import register_column

MAX_NAMES = 3  # of a page; of more writers, one name less and how many others there are
LATELY = 200  # changes among which the front page looks for names
MAX_LATELY = 8  # names on the front page

# Separators that no name can contain.
_UNIT, _RECORD = "\x1f", "\x1e"


@dataclass(frozen=True, slots=True)
class Byline:
    """Names of those who wrote most, and how many others did; closed accounts have no name."""

    names: Sequence[str]
    others: int

    @property
    def count(self) -> int:
        return len(self.names) + self.others


def byline(written: str | None, most: int = MAX_NAMES) -> Byline:
    """The byline in the column of a page."""
    rows = [part.split(_UNIT) for part in written.split(_RECORD)] if written else []
    rows.sort(key=lambda row: (-int(row[1]), int(row[2])))
    total = int(rows[0][3]) if rows else 0
    names = [row[0] for row in rows if row[0]]
    names = names[: most if len(names) == total <= most else most - 1]
    return Byline(names, total - len(names))


def writers() -> ColumnElement[Any]:
    """As `byline` reads it: name, changes, first change and how many writers there are, of each of
    those who changed the page most."""
    counted = (
        select(Revision.author_id, Revision.number, User.username, User.closed_at)
        .join(User, User.id == Revision.author_id)
        .where(Revision.page_id == Page.id, counts_as_writing())
        .correlate(Page)
        .subquery()
    )
    return _named(counted, counted.c.number)


def _named(counted: Any, order: ColumnElement[int]) -> ColumnElement[Any]:
    is_closed = counted.c.closed_at.is_not(None)
    changes = func.count()
    each = (
        select(
            case((is_closed, ""), else_=counted.c.username).label("name"),
            changes.label("changes"),
            func.min(order).label("first"),
            func.count().over().label("total"),
        )
        .group_by(counted.c.author_id, counted.c.username, counted.c.closed_at)
        .order_by(is_closed, changes.desc(), func.min(order))
        .limit(MAX_LATELY)
        .subquery()
    )
    unit = literal(_UNIT)
    line: ColumnElement[Any] = each.c.name
    for column in (each.c.changes, each.c.first, each.c.total):
        line = line + unit + cast(column, String)
    return select(func.aggregate_strings(line, _RECORD)).scalar_subquery()


def written_lately(viewer: Viewer) -> Byline:
    """Who wrote most of the last changes in pages that the viewer may see."""
    return byline(db.session.scalar(_lately(), viewer.bindings), MAX_LATELY)


def _lately() -> Select[Any]:
    counted = (
        select(Revision.author_id, Revision.id.label("number"), User.username, User.closed_at)
        .join(Page, Page.id == Revision.page_id)
        .join(User, User.id == Revision.author_id)
        .where(visible_to_bound(Page), counts_as_writing())
        .order_by(Revision.id.desc())
        .limit(LATELY)
        .subquery()
    )
    return select(_named(counted, counted.c.number))


register_column("writers", writers)

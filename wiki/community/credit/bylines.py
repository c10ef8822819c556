"""Bylines: who wrote a page, as a column of the view's one statement; and who wrote recently."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, func, select

from wiki.access.permissions import Viewer, visible_to_bound
from wiki.accounts.models import User
from wiki.community.credit.counting import counts_as_writing
from wiki.database import db
from wiki.pages.models import Page, Revision
from wiki.pages.queries.page_extras import register_column

MAX_NAMES = 3  # of a page; if there are more authors, one name less and the number of the others
RECENT_CHANGES = 200  # latest changes from which the front page takes its names
MAX_FRONT_NAMES = 8  # names on the front page

# Separators that no name can contain.
_UNIT, _RECORD = "\x1f", "\x1e"


@dataclass(frozen=True, slots=True)
class Byline:
    """The names of the main authors, and the number of the others; closed accounts have no name."""

    names: Sequence[str]
    others: int

    @property
    def count(self) -> int:
        """The number of all authors."""
        return len(self.names) + self.others


def byline(written: str | None, most: int = MAX_NAMES) -> Byline:
    """Parse a value of `writers` into at most `most` names, most active first."""
    rows = [part.split(_UNIT) for part in written.split(_RECORD)] if written else []
    rows.sort(key=lambda row: (-int(row[1]), int(row[2])))
    total = len(rows)
    names = [row[0] for row in rows if row[0]]
    names = names[: most if len(names) == total <= most else most - 1]
    return Byline(names, total - len(names))


def writers() -> ColumnElement[Any]:
    """A column for `byline`: name, number of changes and first change of each author of a page."""
    return _named(
        select(Revision.author_id, Revision.number)
        .where(Revision.page_id == Page.id, counts_as_writing())
        .correlate(Page)
    )


def _named(changes: Select[*tuple[Any, ...]]) -> ColumnElement[Any]:
    """One record per author of `changes`, which selects author ids and their place in time."""
    written = changes.subquery()
    author_id, place = written.c
    each = (
        select(author_id, func.count().label("changes"), func.min(place).label("first"))
        .group_by(author_id)
        .subquery()
    )
    name = case((User.closed_at.is_not(None), ""), else_=User.username)
    line: ColumnElement[Any] = name
    for column in (each.c.changes, each.c.first):
        line = line + _UNIT + cast(column, String)
    aggregated = select(func.aggregate_strings(line, _RECORD))
    return aggregated.select_from(each).join(User, User.id == each.c.author_id).scalar_subquery()


def recent_authors_byline(viewer: Viewer) -> Byline:
    """The main authors of the latest `RECENT_CHANGES` on pages that the viewer may see."""
    return byline(db.session.scalar(_lately(), viewer.bindings), MAX_FRONT_NAMES)


def _lately() -> Select[Any]:
    return select(
        _named(
            select(Revision.author_id, Revision.id)
            .join(Page, Page.id == Revision.page_id)
            .where(visible_to_bound(Page), counts_as_writing())
            .order_by(Revision.id.desc())
            .limit(RECENT_CHANGES)
        )
    )


register_column("writers", writers)

"""Who wrote a page, in the one statement of its view; and who wrote recently."""

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

MAX_NAMES = 3  # of a page; of more writers, one name less and how many others there are
RECENT_CHANGES = 200  # changes among which the front page looks for names
MAX_FRONT_NAMES = 8  # names on the front page

# Separators that no name can contain.
_UNIT, _RECORD = "\x1f", "\x1e"


@dataclass(frozen=True, slots=True)
class Byline:
    """Names of those who wrote most, and how many others did; closed accounts have no name."""

    names: Sequence[str]
    others: int

    @property
    def count(self) -> int:
        """How many people wrote the page, those without a name in it included."""
        return len(self.names) + self.others


def byline(written: str | None, most: int = MAX_NAMES) -> Byline:
    """The byline in the column of a page: at most `most` names, beginning with who wrote most."""
    rows = [part.split(_UNIT) for part in written.split(_RECORD)] if written else []
    rows.sort(key=lambda row: (-int(row[1]), int(row[2])))
    total = len(rows)
    names = [row[0] for row in rows if row[0]]
    names = names[: most if len(names) == total <= most else most - 1]
    return Byline(names, total - len(names))


def writers() -> ColumnElement[Any]:
    """As `byline` reads it: name, changes and first change of each who changed the page."""
    return _named(
        select(Revision.author_id, Revision.number)
        .where(Revision.page_id == Page.id, counts_as_writing())
        .correlate(Page)
    )


def _named(changes: Select[*tuple[Any, ...]]) -> ColumnElement[Any]:
    """One line for each author of `changes`, their ids and their places in time."""
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
    """Who wrote most of the last changes in pages that the viewer may see."""
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

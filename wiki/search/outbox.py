"""The outbox: a log of changes, which each index reads at its own pace.

Entries are ordered by writing transaction, then by number. On PostgreSQL, a lower number may be
committed after a higher one, and a transaction that began earlier may take its number later; an
entry is final once its transaction is older than the oldest one still open. SQLite has one writer
at a time, so there the transaction is always 0, and entries are ordered by number.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    bindparam,
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    null,
    or_,
    select,
    table,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from wiki.database import is_postgresql, utcnow
from wiki.search.models import IndexPosition, OutboxEntry
from wiki.search.position import Position

ROW_RETENTION = timedelta(days=1)  # how long read rows are kept, for diagnosis
# After which an index that stopped reading no longer prevents pruning.
READER_TIMEOUT = timedelta(days=30)
NO_PAGE = 0  # the page id of events without a page
INDEXED = ("revision", "removal", "visibility")  # the events that indexes follow

_THIS_TRANSACTION: Any = literal_column("pg_current_xact_id()::text::bigint", BigInteger)
_OLDEST_OPEN: Any = literal_column(
    "pg_snapshot_xmin(pg_current_snapshot())::text::bigint", BigInteger
)
_NEXT: Any = literal_column("pg_snapshot_xmax(pg_current_snapshot())::text::bigint", BigInteger)
_POSITION = (OutboxEntry.transaction_id, OutboxEntry.number)


class OutboxRow(NamedTuple):
    """A change: its position in the outbox, and the page."""

    position: Position
    page_id: int


class OutboxEvent(NamedTuple):
    """A complete entry; see `OutboxEntry`."""

    position: Position
    event: str
    page_id: int
    revision_id: int | None
    actor_id: int | None
    subject_id: int | None
    created_at: datetime


def announce(
    session: Session,
    page_id: int,
    revision_id: int | None,
    event: str,
    *,
    actor_id: int | None = None,
    subject_id: int | None = None,
) -> None:
    """Add an entry to the outbox, within the transaction of the change.

    `event` is one of `INDEXED`, or an event of the community caused by the user `actor_id` about
    the row `subject_id`.
    """
    entry = OutboxEntry(
        page_id=page_id,
        revision_id=revision_id,
        event=event,
        actor_id=actor_id,
        subject_id=subject_id,
    )
    if is_postgresql(session):
        entry.transaction_id = _THIS_TRANSACTION
    session.add(entry)


def announce_past(session: Session) -> None:
    """Announce that old revisions were changed, of any page.

    Copies of histories, such as Git mirrors, must then be compared, and not be served before.
    """
    announce(session, NO_PAGE, None, "visibility")


def announce_pages(session: Session, page_ids: "Select[int]", event: str) -> None:
    """Announce the same event for all these pages, in one statement."""
    transaction = _THIS_TRANSACTION if is_postgresql(session) else null()
    ids = page_ids.subquery()
    rows = select(*ids.c, literal(event), transaction, literal(utcnow(), DateTime(timezone=True)))
    columns = ("page_id", "event", "transaction_id", "created_at")
    session.execute(insert(OutboxEntry).from_select(columns, rows, include_defaults=False))


def pending(session: Session, after: Position, limit: int) -> Sequence[OutboxRow]:
    """At most `limit` final entries after a position, in order; only those that indexes follow."""
    statement = _final_after(session, after, limit).with_only_columns(
        *_POSITION, OutboxEntry.page_id
    )
    return [
        OutboxRow(Position(row.transaction_id or 0, row.number), row.page_id)
        for row in session.execute(statement.where(OutboxEntry.event.in_(INDEXED)))
    ]


def pending_events(session: Session, after: Position, limit: int) -> Sequence[OutboxEvent]:
    """At most `limit` final entries after a position, in order and complete."""
    columns = [getattr(OutboxEntry, name) for name in OutboxEvent._fields[1:]]
    statement = _final_after(session, after, limit).with_only_columns(*_POSITION, *columns)
    return [
        OutboxEvent(Position(row.transaction_id or 0, row.number), *row[2:])
        for row in session.execute(statement)
    ]


def _final_after(session: Session, after: Position, limit: int) -> "Select[Any]":
    statement = (
        select(OutboxEntry)
        .where(_after(after, is_postgres=is_postgresql(session)))
        .order_by(*_order(session))
        .limit(limit)
    )
    if not is_postgresql(session):
        return statement
    # Higher transaction numbers than the next one come from a restored backup.
    written_by = OutboxEntry.transaction_id
    return statement.where(
        or_(written_by.is_(None), written_by < _OLDEST_OPEN, written_by >= _NEXT)
    )


def is_past_changed_since(session: Session, position: Position) -> bool:
    """Whether an entry after a position, final or not, may be about older revisions.

    Entries with a page but without a revision only say that there is something new to index.
    """
    is_after = _after(position, is_postgres=is_postgresql(session))
    of_past = ("removal", "visibility")
    is_of_past = OutboxEntry.event.in_(of_past) & OutboxEntry.revision_id.is_(None)
    found = exists().where(is_after, is_of_past)
    return bool(session.scalar(select(found)))


def first_pending_revision(session: Session) -> int | None:
    """The oldest revision with an entry that is not final (on PostgreSQL); `None` without one."""
    if not is_postgresql(session):
        return None
    return session.scalar(
        select(func.min(OutboxEntry.revision_id)).where(
            OutboxEntry.event.in_(INDEXED),
            OutboxEntry.transaction_id >= _OLDEST_OPEN,
            OutboxEntry.transaction_id < _NEXT,
        )
    )


def changed_since(session: Session, position: Position) -> set[int]:
    """The ids of pages to index by entries after a position, including entries not yet final."""
    query = _changed_query(is_postgres=is_postgresql(session))
    return set(session.connection().execute(query, position._asdict()).scalars())


@cache
def _changed_query(*, is_postgres: bool) -> Select[int]:
    """Cached, since every search runs it and composing it takes longer than running it."""
    position = [bindparam(name, type_=BigInteger) for name in Position._fields]
    # A list of values would be written into the statement anew each time.
    is_indexed = or_(*(OutboxEntry.event == event for event in INDEXED))
    is_of_page = is_indexed & (OutboxEntry.page_id != NO_PAGE)
    return select(OutboxEntry.page_id).where(_after(position, is_postgres=is_postgres), is_of_page)


def newest(session: Session, *, is_final: bool = True) -> Position:
    """The last final position, at which a new index begins; or the last position of all."""
    statement = select(OutboxEntry.transaction_id, OutboxEntry.number)
    if is_final and is_postgresql(session):
        statement = statement.where(OutboxEntry.transaction_id < _OLDEST_OPEN)
    columns = [column.desc() for column in _order(session)]
    row = session.execute(statement.order_by(*columns).limit(1)).first()
    return Position(row.transaction_id or 0, row.number) if row else Position()


def is_ahead(session: Session, position: Position) -> bool:
    """Whether an index is ahead of the outbox, because the database was restored or replaced."""
    if is_postgresql(session):
        upcoming: int = session.scalar(select(_NEXT)) or 0
        return position.transaction >= upcoming
    # The counter remains when rows are pruned; a restored database has an older one.
    counted = table("sqlite_sequence", column("name"), column("seq", Integer))
    last = session.scalar(select(counted.c.seq).where(counted.c.name == OutboxEntry.__tablename__))
    return position.number > (last or 0)


def note_position(session: Session, reader: str, position: Position) -> None:
    """Record how far an index has read, for pruning."""
    session.merge(IndexPosition(reader=reader, number=position.number, seen_at=utcnow()))


def note_follower(session: Session, reader: str, position: Position) -> None:
    """Like `note_position`, for a reader that can't recover missed entries: none is pruned unread.

    On PostgreSQL, a lower number may be committed after a higher one.
    """
    unread = select(func.min(OutboxEntry.number))
    first = session.scalar(unread.where(_after(position, is_postgres=is_postgresql(session))))
    number = position.number if first is None else first - 1
    note_position(session, reader, Position(position.transaction, number))


def forget_transactions(session: Session) -> None:
    """After a restore on PostgreSQL: order entries of the old server first, by their numbers.

    Their transaction numbers may be higher than any of the new server.
    """
    is_foreign = OutboxEntry.transaction_id >= _NEXT
    session.execute(update(OutboxEntry).where(is_foreign).values(transaction_id=None))


def prune_outbox(session: Session) -> int:
    """Delete old rows that every index has read; returns their number.

    If an index has missed some nevertheless, it compares every page when it starts.
    """
    now = utcnow()
    session.execute(delete(IndexPosition).where(IndexPosition.seen_at < now - READER_TIMEOUT))
    passed = session.scalar(select(func.min(IndexPosition.number)))
    if passed is None:
        return 0
    statement = delete(OutboxEntry).where(
        OutboxEntry.number <= passed, OutboxEntry.created_at < now - ROW_RETENTION
    )
    if is_postgresql(session):
        statement = statement.where(func.coalesce(OutboxEntry.transaction_id, 0) < _OLDEST_OPEN)
    result: Any = session.execute(statement)
    return int(result.rowcount)


def _after(position: Sequence[Any], *, is_postgres: bool) -> ColumnElement[bool]:
    """The condition for entries after `position`: transaction and number, values or parameters."""
    transaction, number = position
    if not is_postgres:
        later: ColumnElement[bool] = OutboxEntry.number > number
        return later
    order: Any = tuple_(func.coalesce(OutboxEntry.transaction_id, 0), OutboxEntry.number)
    after: ColumnElement[bool] = order > tuple_(transaction, number)
    return after


def _order(session: Session) -> list[Any]:
    if not is_postgresql(session):
        return [OutboxEntry.number]
    return [func.coalesce(OutboxEntry.transaction_id, 0), OutboxEntry.number]

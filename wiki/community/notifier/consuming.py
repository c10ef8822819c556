"""One step of a consumer: read the next events, write the result together with its position."""

import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from wiki.community.events import Event, event_kinds
from wiki.community.notifier.models import ERROR_LIMIT, ConsumerPosition
from wiki.community.notifier.registry import Consumer
from wiki.database import StorageUnavailable, db, insert_into, is_postgresql, write_transaction
from wiki.search import outbox
from wiki.search.outbox import OutboxEvent
from wiki.search.position import Position

log = logging.getLogger(__name__)

# Attempts at one event, which is then skipped so that others aren't held up for ever.
MAX_FAILURES = 10
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0  # seconds between two attempts


def consume_next(consumer: Consumer) -> bool:
    """Let the consumer handle the next events; returns whether there were any.

    A step that fails is rolled back except for the count of failures, and its exception raised.
    """
    session = db.session()
    session.rollback()  # begins a new snapshot of the database
    row = session.get(ConsumerPosition, consumer.name)
    position = Position(row.transaction_id, row.number) if row else Position()
    failures = row.failures if row else 0
    # Of several events, one that fails must not hold up those before it.
    entries = outbox.pending_events(session, position, 1 if failures else consumer.limit)
    if not entries:
        session.rollback()
        return False
    if failures >= MAX_FAILURES:
        log.error("%s skips event %s, which failed", consumer.name, entries[0].position.number)
        entries_told: Sequence[OutboxEvent] = ()
    else:
        entries_told = entries
    try:
        _take(consumer, position, entries[-1].position, _events(entries_told))
    except StorageUnavailable:
        raise
    except Exception as error:
        _count_failure(consumer, position, error)
        raise
    return True


def retry_delay(consumer: Consumer) -> float:
    """Seconds to wait before the next attempt, which grow with the number of failures."""
    counted = select(ConsumerPosition.failures).where(ConsumerPosition.consumer == consumer.name)
    failures: int = db.session.scalar(counted) or 1
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (failures - 1))


def record_position(consumer: Consumer) -> None:
    """Record how far the consumer has read, so that the outbox keeps unread entries.

    After PostgreSQL was restored on another server, recorded transaction ids may lie in the future;
    from then on the entries' own numbers count.
    """
    with write_transaction() as session:
        row = session.get(ConsumerPosition, consumer.name, with_for_update=True)
        position = Position(row.transaction_id, row.number) if row else Position()
        if row is not None and is_postgresql(session) and outbox.is_ahead(session, position):
            outbox.forget_transactions(session)
            row.transaction_id, position = 0, Position(0, position.number)
        outbox.note_follower(session, f"community:{consumer.name}", position)


def _take(
    consumer: Consumer, position: Position, target: Position, events: Sequence[Event]
) -> None:
    write = consumer.consume(events) if events else None
    with write_transaction() as session:
        # Another notifier may have handled these events meanwhile, then completely.
        if _move(session, consumer, position, target) and write is not None:
            write(session)


def _events(entries: Sequence[OutboxEvent]) -> list[Event]:
    """The events that people may be notified of; other entries concern indexes."""
    kinds = event_kinds()
    return [
        Event(
            entry.position.number,
            entry.event,
            entry.page_id or None,
            entry.revision_id,
            entry.actor_id,
            entry.subject_id,
            entry.created_at,
        )
        for entry in entries
        if entry.event in kinds and not _is_for_indexes(entry)
    ]


def _is_for_indexes(entry: OutboxEvent) -> bool:
    """Whether the entry only has a page indexed again, without a change by anybody."""
    return entry.event in outbox.INDEXED and entry.revision_id is None


def _move(session: Session, consumer: Consumer, position: Position, target: Position) -> bool:
    """Move the consumer's position to `target`; false if it isn't at `position` any more."""
    moved = {
        "transaction_id": target.transaction,
        "number": target.number,
        "failures": 0,
        "last_error": "",
    }
    statement = insert_into(session, ConsumerPosition).values(consumer=consumer.name, **moved)
    statement = statement.on_conflict_do_update(
        index_elements=["consumer"], set_=moved, where=_is_at(position)
    )
    return session.scalar(statement.returning(ConsumerPosition.consumer)) is not None


def _is_at(position: Position) -> Any:
    return and_(
        ConsumerPosition.transaction_id == position.transaction,
        ConsumerPosition.number == position.number,
    )


def _count_failure(consumer: Consumer, position: Position, error: Exception) -> None:
    failed = {
        "failures": ConsumerPosition.failures + 1,
        "last_error": f"{type(error).__name__}: {error}"[:ERROR_LIMIT],
    }
    first = {"consumer": consumer.name, "transaction_id": 0, "number": 0, "failures": 1}
    with write_transaction() as session:
        statement = insert_into(session, ConsumerPosition).values(
            **first, last_error=failed["last_error"]
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["consumer"], set_=failed, where=_is_at(position)
            )
        )

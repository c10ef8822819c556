"""Limits how much text one person can store per day, since every revision stores its whole text."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from wiki.access.save_limits import quota_in_bytes
from wiki.accounts.models import User
from wiki.app_state import current_settings
from wiki.database import is_postgresql, utcnow
from wiki.pages.models import Revision, Text
from wiki.rate_limits import LimitReached, limiter

DAY = timedelta(days=1)
# Actions that store a text that existed before.
_REPEATING_ACTIONS = ("restore", "rename", "delete", "undelete")
_LOCK_CLASS = 0x6E7871  # the first key of PostgreSQL's advisory locks on a person


def check_quota(session: Session, by: User | None, size: int) -> None:
    """Check, in the transaction of a save, that `by` may store `size` more bytes of text.

    Raises `LimitReached` with the seconds until there is room. Imports by commands have no author
    and no limit.
    """
    if by is None or not limiter.enabled:
        return
    quota = quota_of(by)
    if is_postgresql(session):
        # Two saves of one person at once wait for each other here, or both would fit.
        session.execute(select(func.pg_advisory_xact_lock(_LOCK_CLASS, by.id)))
    texts = select(Revision.text_hash).where(_of_last_day(by))
    used = session.scalar(select(func.sum(Text.size)).where(Text.hash.in_(texts))) or 0
    if used + size > quota:
        raise LimitReached(
            _seconds_until_room(_stored_sizes(session, by), used + size - quota), "texts"
        )


def quota_of(person: User) -> int:
    """How many bytes of text `person` may store per day."""
    return quota_in_bytes(current_settings().text_quota, person.role)


def _of_last_day(by: User) -> ColumnElement[bool]:
    # Ids grow with time, so this avoids scanning everything that somebody ever wrote.
    before = select(func.max(Revision.id)).where(Revision.created_at <= utcnow() - DAY)
    return (
        (Revision.author_id == by.id)
        & (Revision.id > func.coalesce(before.scalar_subquery(), 0))
        & Revision.action.not_in(_REPEATING_ACTIONS)
    )


def _stored_sizes(session: Session, by: User) -> list[tuple[datetime, int]]:
    """When each text of the last day was last stored, and its size in bytes, oldest first."""
    query = select(func.max(Revision.id).label("last"), Text.size)
    query = query.join(Text, Text.hash == Revision.text_hash).where(_of_last_day(by))
    last = query.group_by(Text.hash, Text.size).subquery()
    rows = select(Revision.created_at, last.c.size).join(last, last.c.last == Revision.id)
    return [(row[0], row[1]) for row in session.execute(rows.order_by(Revision.id))]


def _seconds_until_room(stored: list[tuple[datetime, int]], excess: int) -> float:
    """Seconds until at least `excess` bytes are older than a day; a day if that never happens."""
    for stored_at, size in stored:
        excess -= size
        if excess <= 0:
            return (stored_at + DAY - utcnow()).total_seconds()
    return DAY.total_seconds()

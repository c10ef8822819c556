"""The log of what administrators did."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from wiki.accounts.models import AuditEvent
from wiki.database import db


def log_event(session: Session, action: str, *, by: int | None, subject: str = "") -> None:
    """Add an event to the log, in the transaction of what it records."""
    session.add(AuditEvent(action=action, by_id=by, subject=subject[:200]))


def events(*, offset: int = 0, limit: int | None = None) -> Sequence[AuditEvent]:
    """The events with their authors, the newest first."""
    query = select(AuditEvent).options(joinedload(AuditEvent.by)).order_by(AuditEvent.id.desc())
    return db.session.scalars(query.offset(offset).limit(limit)).all()


def count_events() -> int:
    return db.session.scalar(select(func.count()).select_from(AuditEvent)) or 0

"""The queue: storing mails, taking them for an attempt, and what became of it.

A sender takes a mail for `LEASE` in a transaction of its own, and holds none while it talks to the
server. If it dies, another attempt follows: at least once, always with the same Message-ID.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, delete, func, or_, select, update
from sqlalchemy.orm import Session

from wiki.database import db, utcnow, write_transaction
from wiki.mail.models import ERROR_LIMIT, Mail, MailState
from wiki.mail.sender_settings import can_mail, sender_domain

LEASE = timedelta(minutes=3)  # more than an attempt takes; see `delivery.DEADLINE`
# Between an attempt that failed and the next; after the last one nobody tries any more.
BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
)
SENT_KEPT = timedelta(days=7)  # how long mails that were sent stay in the queue


class MailNotFound(LookupError):
    """There is no such mail in the queue."""


def enqueue(
    session: Session,
    kind: str,
    recipient: str,
    *,
    valid_for: timedelta | None = None,
    name: str = "",
    **parameters: Any,
) -> None:
    """Store a mail in the transaction of its cause; nothing where none can be sent.

    `kind` names its template and the function that makes its values (`kinds`) of `parameters`.
    An empty `recipient` gets nothing. After `valid_for` the mail is no longer sent. Its Message-ID
    is made of `name` (of ASCII letters, digits, dots and hyphens), which no other mail may have.
    """
    if not can_mail():
        return
    now, domain = utcnow(), sender_domain()
    session.add(
        Mail(
            message_id=message_id_of(name, domain) if name else new_message_id(domain),
            kind=kind,
            recipient=recipient,
            parameters=parameters,
            created_at=now,
            next_attempt_at=now,
            expires_at=now + valid_for if valid_for else None,
        )
    )


def new_message_id(domain: str) -> str:
    """A new `Message-ID`, which a mail keeps through all attempts."""
    return message_id_of(uuid.uuid4().hex, domain)


def message_id_of(name: str, domain: str) -> str:
    """The `Message-ID` of this name, so that what belongs together has related ones."""
    return f"<{name}@{domain}>"


# Sending


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """A mail that this process may try to send now; `number` counts its attempts from 1."""

    mail_id: int
    number: int
    message_id: str
    kind: str
    recipient: str
    parameters: dict[str, Any]
    created_at: datetime
    is_expired: bool


def take_next() -> DeliveryAttempt | None:
    """Take the mail that is due first, so that no other sender takes it within `LEASE`."""
    if db.session.scalar(select(Mail.id).where(_is_due()).limit(1)) is None:
        return None  # without a lock: a look every second must not hold up writers
    due = select(Mail).where(_is_due()).order_by(Mail.next_attempt_at, Mail.id).limit(1)
    with write_transaction() as session:
        mail = session.scalar(due.with_for_update(skip_locked=True))
        if mail is None:
            return None
        now = utcnow()
        mail.attempts += 1
        mail.next_attempt_at = now + LEASE
        return DeliveryAttempt(
            mail.id,
            mail.attempts,
            mail.message_id,
            mail.kind,
            mail.recipient,
            mail.parameters,
            mail.created_at,
            is_expired=mail.expires_at is not None and mail.expires_at <= now,
        )


def record_sent(attempt: DeliveryAttempt) -> None:
    """Say that the server took the mail."""
    _record(attempt, state=MailState.SENT, sent_at=utcnow(), last_error="")


def record_failure(attempt: DeliveryAttempt, reason: str, *, is_final: bool) -> None:
    """Store why an attempt failed, and when the next one is due, if any."""
    if is_final or attempt.number > len(BACKOFF):
        _record(attempt, state=MailState.FAILED, last_error=reason[:ERROR_LIMIT])
        return
    due = utcnow() + BACKOFF[attempt.number - 1]
    _record(attempt, next_attempt_at=due, last_error=reason[:ERROR_LIMIT])


def drop(attempt: DeliveryAttempt) -> None:
    """Delete a mail that is no longer to be sent."""
    with write_transaction() as session:
        session.execute(delete(Mail).where(_is_still(attempt)))


def _record(attempt: DeliveryAttempt, **values: Any) -> None:
    with write_transaction() as session:
        session.execute(update(Mail).where(_is_still(attempt)).values(**values))


def _is_due() -> ColumnElement[bool]:
    now = utcnow()
    # One that is due later than it can be was stored while the clock went wrong.
    late = now + max(BACKOFF) + LEASE
    is_due = or_(Mail.next_attempt_at <= now, Mail.next_attempt_at > late)
    return (Mail.state == MailState.WAITING) & is_due


def _is_still(attempt: DeliveryAttempt) -> ColumnElement[bool]:
    """False once the lease has ended and somebody else tries, or an administrator has decided."""
    is_waiting = Mail.state == MailState.WAITING
    return (Mail.id == attempt.mail_id) & is_waiting & (Mail.attempts == attempt.number)


# Looking after it


def list_mails(state: MailState, *, offset: int = 0, limit: int | None = None) -> Sequence[Mail]:
    """The mails in a state, the newest first."""
    query = select(Mail).where(_is_in(state)).order_by(Mail.id.desc())
    return db.session.scalars(query.offset(offset).limit(limit)).all()


def count_mails() -> dict[str, int]:
    """How many mails are in each state; 0 for none."""
    query = select(Mail.state, func.count()).where(Mail.recipient != "").group_by(Mail.state)
    return dict.fromkeys(MailState, 0) | {row[0]: row[1] for row in db.session.execute(query)}


def retry(session: Session, mail_id: int) -> Mail:
    """Try a mail again now that failed or waits, in the caller's transaction.

    Raises `MailNotFound`; of one that was sent, too.
    """
    mail = _unsent(session, mail_id)
    mail.state, mail.attempts, mail.next_attempt_at = MailState.WAITING, 0, utcnow()
    mail.expires_at = None
    return mail


def discard(session: Session, mail_id: int) -> Mail:
    """Delete a mail that failed or waits, in the caller's transaction. Raises `MailNotFound`."""
    mail = _unsent(session, mail_id)
    session.delete(mail)
    return mail


def prune() -> int:
    """Delete mails that were sent a while ago; returns how many."""
    is_old = Mail.sent_at < utcnow() - SENT_KEPT
    with write_transaction() as session:
        result = session.execute(delete(Mail).where(Mail.state == MailState.SENT, is_old))
        return result.rowcount if isinstance(result, CursorResult) else 0


def _is_in(state: MailState) -> ColumnElement[bool]:
    return (Mail.state == state) & (Mail.recipient != "")


def _unsent(session: Session, mail_id: int) -> Mail:
    mail = session.get(Mail, mail_id, with_for_update=True)
    if mail is None or mail.state == MailState.SENT or not mail.recipient:
        raise MailNotFound(mail_id)
    return mail

"""The queue: storing mails, leasing them for an attempt, and recording the outcome.

A sender leases a mail for `LEASE` in its own transaction, and has none open while it talks to the
server. If it dies, another attempt follows: delivery is at least once, with the same Message-ID.
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
# From a failed attempt to the next; after the last of these, the mail has failed.
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
    """Queue a mail in the caller's transaction; does nothing if the wiki can't send mail.

    `kind` names the template and the function that makes its values from `parameters` (`kinds`).
    A mail with an empty `recipient` isn't sent, nor is one after `valid_for`. `name` (ASCII
    letters, digits, dots and hyphens; unique) determines the Message-ID, which is random without.
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
    """A random `Message-ID`, which a mail keeps through all attempts."""
    return message_id_of(uuid.uuid4().hex, domain)


def message_id_of(name: str, domain: str) -> str:
    """The `Message-ID` of the mail with this name, by which other mails can refer to it."""
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
    """Lease the mail that is due first for `LEASE`; `None` if none is due."""
    if db.session.scalar(select(Mail.id).where(_is_due()).limit(1)) is None:
        return None  # without a lock: polling every second must not hold up writers
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
    """Record that the server accepted the mail."""
    _record(attempt, state=MailState.SENT, sent_at=utcnow(), last_error="")


def record_failure(attempt: DeliveryAttempt, reason: str, *, is_final: bool) -> None:
    """Record why an attempt failed, and when to try again unless `is_final` or out of attempts."""
    if is_final or attempt.number > len(BACKOFF):
        _record(attempt, state=MailState.FAILED, last_error=reason[:ERROR_LIMIT])
        return
    due = utcnow() + BACKOFF[attempt.number - 1]
    _record(attempt, next_attempt_at=due, last_error=reason[:ERROR_LIMIT])


def drop(attempt: DeliveryAttempt) -> None:
    """Delete a mail that need not be sent any more."""
    with write_transaction() as session:
        session.execute(delete(Mail).where(_is_still(attempt)))


def _record(attempt: DeliveryAttempt, **values: Any) -> None:
    with write_transaction() as session:
        session.execute(update(Mail).where(_is_still(attempt)).values(**values))


def _is_due() -> ColumnElement[bool]:
    now = utcnow()
    # A time further ahead than any delay was set while the clock was wrong.
    late = now + max(BACKOFF) + LEASE
    is_due = or_(Mail.next_attempt_at <= now, Mail.next_attempt_at > late)
    return (Mail.state == MailState.WAITING) & is_due


def _is_still(attempt: DeliveryAttempt) -> ColumnElement[bool]:
    """False once another attempt began after the lease expired, or an administrator stepped in."""
    is_waiting = Mail.state == MailState.WAITING
    return (Mail.id == attempt.mail_id) & is_waiting & (Mail.attempts == attempt.number)


# Administration


def list_mails(state: MailState, *, offset: int = 0, limit: int | None = None) -> Sequence[Mail]:
    """The mails in a state, newest first."""
    query = select(Mail).where(_is_in(state)).order_by(Mail.id.desc())
    return db.session.scalars(query.offset(offset).limit(limit)).all()


def count_mails() -> dict[str, int]:
    """How many mails are in each state; 0 for none."""
    query = select(Mail.state, func.count()).where(Mail.recipient != "").group_by(Mail.state)
    return dict.fromkeys(MailState, 0) | {row[0]: row[1] for row in db.session.execute(query)}


def retry(session: Session, mail_id: int) -> Mail:
    """Make a failed or waiting mail due now, in the caller's transaction.

    Raises `MailNotFound`, also if the mail was sent.
    """
    mail = _unsent(session, mail_id)
    mail.state, mail.attempts, mail.next_attempt_at = MailState.WAITING, 0, utcnow()
    mail.expires_at = None
    return mail


def discard(session: Session, mail_id: int) -> Mail:
    """Delete a failed or waiting mail, in the caller's transaction. Raises `MailNotFound`."""
    mail = _unsent(session, mail_id)
    session.delete(mail)
    return mail


def prune() -> int:
    """Delete mails that were sent more than `SENT_KEPT` ago; returns how many."""
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

"""The queue of mails."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow

KIND_LIMIT = 40  # characters
ERROR_LIMIT = 300  # characters


class MailState(StrEnum):
    """The state of a mail in the queue."""

    WAITING = "waiting"
    SENT = "sent"  # accepted by the mail server
    FAILED = "failed"  # not tried again


class Mail(db.Model):  # type: ignore[name-defined,misc]
    """A mail to one recipient, stored in the same transaction as its cause.

    Its text is rendered from `parameters` when it is sent, so that secret links are never stored
    and outdated mails aren't sent.
    """

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'failed')", name="state"),
        Index("ix_mail_state_next_attempt_at", "state", "next_attempt_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # The same at every attempt, so that a mail sent twice can be recognized.
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(KIND_LIMIT))
    # Empty if nobody gets it: then it is queued only so that the request takes the same time.
    recipient: Mapped[str] = mapped_column(String(254))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(8), default=MailState.WAITING)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    attempts: Mapped[int] = mapped_column(default=0)
    # While an attempt is running: the time at which it counts as lost.
    next_attempt_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime | None] = mapped_column()  # after which it isn't sent any more
    sent_at: Mapped[datetime | None] = mapped_column()
    last_error: Mapped[str] = mapped_column(String(ERROR_LIMIT), default="")

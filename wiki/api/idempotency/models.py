"""Responses that are kept for a day and replayed."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow


class IdempotencyKey(db.Model):  # type: ignore[name-defined,misc]
    """A request that was sent with an idempotency key, and the response to it.

    `status` is `None` while the request is being answered, or if it was interrupted.
    """

    __tablename__ = "idempotency_key"
    __table_args__ = (Index("ix_idempotency_key_created_at", "created_at"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))  # of method, URL and body
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    status: Mapped[int | None] = mapped_column()
    location: Mapped[str] = mapped_column(Text, default="")
    etag: Mapped[str] = mapped_column(String(64), default="")
    body: Mapped[bytes] = mapped_column(LargeBinary, default=b"")  # as it was sent

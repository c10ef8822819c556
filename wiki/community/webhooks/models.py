"""Tables of webhooks, their pending events, and their messages."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow

NAME_LIMIT = 80  # characters
ADDRESS_LIMIT = 1000  # characters
KEY_LIMIT = 100  # characters of a signing key
ERROR_LIMIT = 300  # characters


class Format(StrEnum):
    """The format of a webhook's messages."""

    DISCORD = "discord"
    JSON = "json"  # signed; see `docs/webhooks.md`


class WebhookScope(StrEnum):
    """Which pages a webhook is about."""

    EVERYTHING = "everything"
    TREE = "tree"  # a page and those below it
    TAG = "tag"
    KIND = "kind"


class DeliveryState(StrEnum):
    """The state of a message."""

    WAITING = "waiting"
    SENT = "sent"  # accepted by the receiver
    FAILED = "failed"  # not tried again: a dead letter


class Webhook(db.Model):  # type: ignore[name-defined,misc]
    """A webhook: where to post which events. `address` and the keys are secrets."""

    __tablename__ = "webhook"
    __table_args__ = (
        CheckConstraint("format IN ('discord', 'json')", name="format"),
        CheckConstraint("scope IN ('everything', 'tree', 'tag', 'kind')", name="scope"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    format: Mapped[str] = mapped_column(String(8))
    address: Mapped[str] = mapped_column(String(ADDRESS_LIMIT))
    signing_key: Mapped[str] = mapped_column(String(KEY_LIMIT), default="", server_default="")
    # The previous key: messages are also signed with it until `former_key_until`.
    former_key: Mapped[str] = mapped_column(String(KEY_LIMIT), default="", server_default="")
    former_key_until: Mapped[datetime | None] = mapped_column()
    scope: Mapped[str] = mapped_column(String(12), default=WebhookScope.EVERYTHING)
    scope_value: Mapped[str] = mapped_column(String(250), default="", server_default="")
    scope_key: Mapped[str] = mapped_column(String(500), default="", server_default="")
    events: Mapped[list[str]] = mapped_column(JSON, default=list)  # names of `choices`
    is_enabled: Mapped[bool] = mapped_column(default=True, server_default=true())
    # Why the server switched it off; empty if an administrator did.
    off_reason: Mapped[str] = mapped_column(String(ERROR_LIMIT), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    # Raised by changes through forms.
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    # Sending: a process's lease, and the time until which the receiver asked to wait.
    lease: Mapped[str] = mapped_column(String(32), default="", server_default="")
    leased_until: Mapped[datetime | None] = mapped_column()
    paused_until: Mapped[datetime | None] = mapped_column()
    failing_since: Mapped[datetime | None] = mapped_column()


class WebhookDelivery(db.Model):  # type: ignore[name-defined,misc]
    """A message to a webhook. Its text is made from its events at each attempt."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'failed')", name="state"),
        Index("ix_webhook_delivery_webhook_id_state_id", "webhook_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    # The same at every attempt, so that a message sent twice can be recognized.
    message_id: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(8), default=DeliveryState.WAITING)
    is_test: Mapped[bool] = mapped_column(default=False, server_default=false())
    event_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    # Or since an administrator's retry.
    tried_since: Mapped[datetime] = mapped_column(default=utcnow)
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    next_attempt_at: Mapped[datetime] = mapped_column(default=utcnow)
    sent_at: Mapped[datetime | None] = mapped_column()
    last_error: Mapped[str] = mapped_column(String(ERROR_LIMIT), default="", server_default="")
    # The receiver's id of the message, if it gives one.
    remote_id: Mapped[str] = mapped_column(String(40), default="", server_default="")


class WebhookEvent(db.Model):  # type: ignore[name-defined,misc]
    """An event that a webhook is to be notified of, without any of its text."""

    __tablename__ = "webhook_event"
    __table_args__ = (
        UniqueConstraint("webhook_id", "number"),
        Index("ix_webhook_event_webhook_id_delivery_id", "webhook_id", "delivery_id"),
        Index("ix_webhook_event_delivery_id", "delivery_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    # None while it waits for more events for the same message.
    delivery_id: Mapped[int | None] = mapped_column(
        ForeignKey("webhook_delivery.id", ondelete="CASCADE")
    )
    queued_at: Mapped[datetime] = mapped_column(default=utcnow)
    name: Mapped[str] = mapped_column(String(24))  # the name in the webhook's choices
    # Copied from the outbox entry, which is pruned sooner.
    number: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(16))
    page_id: Mapped[int | None] = mapped_column()
    revision_id: Mapped[int | None] = mapped_column()
    actor_id: Mapped[int | None] = mapped_column()
    subject_id: Mapped[int | None] = mapped_column()
    at: Mapped[datetime] = mapped_column()

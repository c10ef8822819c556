"""Tables of watches, notifications and preferences."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow
from wiki.naming import KEY_LIMIT, PATH_LIMIT
from wiki.pages.models import Page

_EVENT_NUMBER = BigInteger().with_variant(Integer, "sqlite")


class WatchScope(StrEnum):
    """The kind of target that a watch covers."""

    PAGE = "page"
    TREE = "tree"  # a path and everything below it
    TAG = "tag"
    KIND = "kind"
    ALL = "all"


class Watch(db.Model):  # type: ignore[name-defined,misc]
    """A user's watch on a target; they are notified of its changes.

    A page is watched by id, so renames don't matter; a subtree by the key of its path.
    """

    __tablename__ = "watch"
    __table_args__ = (
        UniqueConstraint("user_id", "target"),
        Index("ix_watch_target_user_id", "target", "user_id"),
        CheckConstraint("(scope = 'page') = (page_id IS NOT NULL)", name="page"),
        CheckConstraint("scope IN ('page', 'tree', 'tag', 'kind', 'all')", name="scope"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    scope: Mapped[str] = mapped_column(String(8))
    page_id: Mapped[int | None] = mapped_column(ForeignKey(Page.id, ondelete="CASCADE"), index=True)
    # The key by which events find their watchers: "page:12", "tree:docs", "tag:redis",
    # "kind:guide", "all:".
    target: Mapped[str] = mapped_column(String(KEY_LIMIT + 8))
    name: Mapped[str] = mapped_column(String(PATH_LIMIT), default="")  # as the user typed it
    is_automatic: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    # The last outbox entry before the watch: earlier events aren't notified.
    since_number: Mapped[int] = mapped_column(BigInteger, default=0)


class NotifiedEvent(db.Model):  # type: ignore[name-defined,misc]
    """An event that somebody was notified of, copied from the outbox, which is pruned sooner."""

    __tablename__ = "told_event"

    number: Mapped[int] = mapped_column(_EVENT_NUMBER, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    page_id: Mapped[int | None] = mapped_column(ForeignKey(Page.id, ondelete="CASCADE"), index=True)
    revision_id: Mapped[int | None] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )
    actor_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    subject_id: Mapped[int | None] = mapped_column()
    at: Mapped[datetime] = mapped_column(index=True)


class Notification(db.Model):  # type: ignore[name-defined,misc]
    """One user's notification of one event, which is described when it is shown."""

    __tablename__ = "notification"
    __table_args__ = (
        Index(
            "ix_notification_unread",
            "user_id",
            "event_number",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
        Index(
            "ix_notification_to_mail",
            "user_id",
            "told_at",
            sqlite_where=text("is_to_mail"),
            postgresql_where=text("is_to_mail"),
        ),
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    event_number: Mapped[int] = mapped_column(
        _EVENT_NUMBER,
        ForeignKey(NotifiedEvent.number, ondelete="CASCADE"),
        primary_key=True,
        index=True,
    )
    told_at: Mapped[datetime] = mapped_column(default=utcnow)
    read_at: Mapped[datetime | None] = mapped_column()
    is_to_mail: Mapped[bool] = mapped_column(default=False)  # a mail about it is still to be queued


class MailFrequency(StrEnum):
    """How often a user gets mail about notifications."""

    OFF = "off"
    AT_ONCE = "at-once"
    DAILY = "daily"
    WEEKLY = "weekly"


class NotificationPreferences(db.Model):  # type: ignore[name-defined,misc]
    """A user's notification preferences; without a row, the defaults apply."""

    __tablename__ = "telling_choice"
    __table_args__ = (
        CheckConstraint("mail IN ('off', 'at-once', 'daily', 'weekly')", name="mail"),
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    mail: Mapped[str] = mapped_column(String(8), default=MailFrequency.DAILY)
    watches_created: Mapped[bool] = mapped_column(default=True)
    watches_edited: Mapped[bool] = mapped_column(default=False)

"""Tables of the outbox: changes for indexes and notifications, in the order of commits."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow


class OutboxEntry(db.Model):  # type: ignore[name-defined,misc]
    """A change that other processes have to follow; written in the transaction of the change."""

    __tablename__ = "outbox"
    # Numbers are never reused, or an index that was down could miss one.
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True
    )
    page_id: Mapped[int] = mapped_column()  # 0 for an event without a page
    revision_id: Mapped[int | None] = mapped_column()
    # "revision", "removal" or "visibility" of a page, which indexes follow; or what happened in the
    # community, which is told to people (`wiki.community.events`).
    event: Mapped[str] = mapped_column(String(16))
    # For events of the community: the user who caused it, and the id of the row it is about.
    actor_id: Mapped[int | None] = mapped_column()
    subject_id: Mapped[int | None] = mapped_column()
    # PostgreSQL: the writing transaction (`pg_current_xact_id`); a reader stops before the
    # oldest one still open, since a lower number may be committed after a higher one.
    transaction_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class IndexPosition(db.Model):  # type: ignore[name-defined,misc]
    """How far an index has read the outbox; used only for pruning.

    The authoritative position is stored in the index, with its commit.
    """

    __tablename__ = "index_position"

    reader: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[datetime] = mapped_column(default=utcnow)

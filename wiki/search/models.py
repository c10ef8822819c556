"""Tables of the outbox: what has to reach every index and every person, in order of commit."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow


class OutboxEntry(db.Model):  # type: ignore[name-defined,misc]
    """A change that others must follow; written in the transaction of the change itself."""

    __tablename__ = "outbox"
    # Numbers are never reused, or an index that was down could miss one.
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True
    )
    page_id: Mapped[int] = mapped_column()  # 0 for an event that belongs to no page
    revision_id: Mapped[int | None] = mapped_column()
    # "revision", "removal" or "visibility" of a page, which indexes follow; or what happened in the
    # community, which is told to people (`wiki.community.events`).
    event: Mapped[str] = mapped_column(String(16))
    # Of the community's events: whose doing it was, and the row that it is about.
    actor_id: Mapped[int | None] = mapped_column()
    subject_id: Mapped[int | None] = mapped_column()
    # PostgreSQL: the writing transaction (`pg_current_xact_id`); a reader stops before the
    # oldest one still open, since a lower number may be committed after a higher one.
    transaction_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class IndexPosition(db.Model):  # type: ignore[name-defined,misc]
    """How far an index has read the outbox, for pruning alone.

    The authoritative position is stored in the index, with its commit.
    """

    __tablename__ = "index_position"

    reader: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[datetime] = mapped_column(default=utcnow)

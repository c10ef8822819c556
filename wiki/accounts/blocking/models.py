"""Blocks, including expired and lifted ones."""

from datetime import datetime

from sqlalchemy import (
    BindParameter,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    String,
    and_,
    bindparam,
    exists,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wiki.accounts.models import User
from wiki.database import db, utcnow

REASON_LIMIT = 300  # characters


class Block(db.Model):  # type: ignore[name-defined,misc]
    """Keeps a user, or everybody in a network, from writing until it ends."""

    __tablename__ = "block"
    __table_args__ = (CheckConstraint("(user_id IS NULL) <> (network IS NULL)", name="target"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    network: Mapped[str | None] = mapped_column(String(43))  # "192.0.2.0/24", "2001:db8::/32"
    reason: Mapped[str] = mapped_column(String(REASON_LIMIT))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    ends_at: Mapped[datetime | None] = mapped_column()  # `None`: until it is lifted
    lifted_at: Mapped[datetime | None] = mapped_column()

    user: Mapped[User | None] = relationship(foreign_keys=[user_id], lazy="raise")
    made_by: Mapped[User | None] = relationship(foreign_keys=[made_by_id], lazy="raise")

    @property
    def state(self) -> str:
        """`active`, or how it ended: `lifted` or `expired`."""
        if self.lifted_at is not None:
            return "lifted"
        return "expired" if self.ends_at is not None and self.ends_at <= utcnow() else "active"

    @property
    def target(self) -> str:
        """The name of the user, or the network."""
        return self.user.username if self.user else str(self.network)


def is_active(now: datetime | BindParameter[datetime] | None = None) -> ColumnElement[bool]:
    """The condition for a block that is still active."""
    lasts = or_(Block.ends_at.is_(None), Block.ends_at > (utcnow() if now is None else now))
    return and_(Block.lifted_at.is_(None), lasts)


# An extra column for statements that load a user; `now` is a parameter of the statement.
IS_BLOCKED = exists().where(Block.user_id == User.id, is_active(bindparam("now"))).correlate(User)

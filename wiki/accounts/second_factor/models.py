"""Second factors and their recovery codes."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow


class SecondFactor(db.Model):  # type: ignore[name-defined,misc]
    """A user’s second factor: they need a one-time code to sign in."""

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    secret: Mapped[str] = mapped_column(String(255))  # encrypted by `sealing`
    # The time step of the last accepted code; codes up to it aren't accepted again.
    last_step: Mapped[int] = mapped_column(BigInteger())
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class RecoveryCode(db.Model):  # type: ignore[name-defined,misc]
    """A code that can be used once instead of a one-time code."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(255))  # hashed like passwords

"""Access tokens, stored as hashes."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from wiki.accounts.models import CREDENTIAL_NAME_LIMIT
from wiki.database import db, utcnow


class TokenScope(StrEnum):
    """What a token allows: reading, writing with its user’s permissions, or administering."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


class AccessToken(db.Model):  # type: ignore[name-defined,misc]
    """A token whose holder acts for a user, within a scope and until it expires."""

    __tablename__ = "access_token"
    __table_args__ = (CheckConstraint("scope IN ('read', 'write', 'admin')", name="scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(CREDENTIAL_NAME_LIMIT))
    # SHA-256, which is enough for 256 random bits.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scope: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime] = mapped_column()
    used_at: Mapped[datetime | None] = mapped_column()  # to the hour
    revoked_at: Mapped[datetime | None] = mapped_column()

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= utcnow()

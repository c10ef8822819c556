"""Passkeys, of which the wiki knows only the public key."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from wiki.accounts.models import CREDENTIAL_NAME_LIMIT
from wiki.database import db, utcnow

CREDENTIAL_ID_LIMIT = 1364  # characters: 1,023 bytes in base 64, WebAuthn section 4


class Passkey(db.Model):  # type: ignore[name-defined,misc]
    """A key with which a user signs in."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(CREDENTIAL_NAME_LIMIT))
    credential_id: Mapped[str] = mapped_column(String(CREDENTIAL_ID_LIMIT), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    # Signature counter; always 0 for keys that are synchronized between devices.
    sign_count: Mapped[int] = mapped_column(BigInteger())
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    used_at: Mapped[datetime | None] = mapped_column()

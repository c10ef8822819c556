"""Which account an identity at a provider belongs to."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow
from wiki.setting_types.openid_provider import ISSUER_LIMIT

SUBJECT_LIMIT = 255  # characters, OpenID Connect Core section 2


class ExternalIdentity(db.Model):  # type: ignore[name-defined,misc]
    """A subject of an issuer, which stays the same even if e-mail addresses change hands."""

    __tablename__ = "external_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(ISSUER_LIMIT))
    subject: Mapped[str] = mapped_column(String(SUBJECT_LIMIT))
    linked_at: Mapped[datetime] = mapped_column(default=utcnow)

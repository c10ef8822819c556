"""Tables of wanted knowledge: claims and dismissals."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow
from wiki.naming import KEY_LIMIT


class WantedClaim(db.Model):  # type: ignore[name-defined,misc]
    """A user's claim that they are writing an item, until it expires.

    The key is that of the future page, so that a red link and a search for the same words are one
    item.
    """

    __tablename__ = "wanted_claim"

    key: Mapped[str] = mapped_column(String(KEY_LIMIT), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    claimed_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime] = mapped_column()


class WantedDismissal(db.Model):  # type: ignore[name-defined,misc]
    """A mentor's decision that the item with this key isn't wanted."""

    __tablename__ = "wanted_dismissal"

    key: Mapped[str] = mapped_column(String(KEY_LIMIT), primary_key=True)
    dismissed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    dismissed_at: Mapped[datetime] = mapped_column(default=utcnow)

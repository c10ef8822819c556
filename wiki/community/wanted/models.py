"""Tables of wanted knowledge: who is writing what, and what is not wanted after all."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow
from wiki.naming import KEY_LIMIT


class WantedClaim(db.Model):  # type: ignore[name-defined,misc]
    """That somebody is writing what is wanted under a key, until the claim expires.

    The key is that of the page to come, so that a link and a search for the same words are one
    item. Names change and accounts close; a claim refers to the person by their id.
    """

    __tablename__ = "wanted_claim"

    key: Mapped[str] = mapped_column(String(KEY_LIMIT), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    claimed_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime] = mapped_column()


class WantedDismissal(db.Model):  # type: ignore[name-defined,misc]
    """That a mentor decided that nothing is wanted under a key."""

    __tablename__ = "wanted_dismissal"

    key: Mapped[str] = mapped_column(String(KEY_LIMIT), primary_key=True)
    dismissed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    dismissed_at: Mapped[datetime] = mapped_column(default=utcnow)

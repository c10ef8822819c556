"""Tables of freshness: what readers reported, and what was found still right."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow

REASON_LIMIT = 300  # characters


class FreshnessReport(db.Model):  # type: ignore[name-defined,misc]
    """That a page no longer works, as somebody who read a revision of it says.

    It is answered by a later edit of the page, or deleted by whoever finds the page still right.
    """

    __tablename__ = "freshness_report"
    __table_args__ = (UniqueConstraint("page_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    revision_number: Mapped[int] = mapped_column()
    reason: Mapped[str] = mapped_column(String(REASON_LIMIT))
    reported_at: Mapped[datetime] = mapped_column(default=utcnow)


class FreshnessCheck(db.Model):  # type: ignore[name-defined,misc]
    """That somebody who may edit a page found it still right; the last time only.

    `versions` are those of technologies at that time, by the key of their name: what is still right
    for a newer version is not asked about again until the next one.
    """

    __tablename__ = "freshness_check"

    page_id: Mapped[int] = mapped_column(
        ForeignKey("page.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    checked_at: Mapped[datetime] = mapped_column(default=utcnow)
    versions: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

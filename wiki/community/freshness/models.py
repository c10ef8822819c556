"""Tables of freshness: reports, and confirmations."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow

REASON_LIMIT = 300  # characters


class FreshnessReport(db.Model):  # type: ignore[name-defined,misc]
    """A reader's report that a revision of a page no longer works.

    It is open until the page is edited, and deleted when somebody confirms the page.
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
    """The latest confirmation of a page by somebody who may edit it.

    `versions` are the technologies' current versions at that time, by key of name: the page isn't
    due again for these.
    """

    __tablename__ = "freshness_check"

    page_id: Mapped[int] = mapped_column(
        ForeignKey("page.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    checked_at: Mapped[datetime] = mapped_column(default=utcnow)
    versions: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

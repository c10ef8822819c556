"""What an administrator decides about the wiki as a whole."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow

NAME_LIMIT = 60  # characters
TAGLINE_LIMIT = 160  # characters
WELCOME_LIMIT = 10_000  # characters


class Hub(db.Model):  # type: ignore[name-defined,misc]
    """The single row with the wiki's name and texts. Each change raises `version`."""

    __tablename__ = "hub"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(NAME_LIMIT), default="")
    tagline: Mapped[str] = mapped_column(String(TAGLINE_LIMIT), default="")
    welcome: Mapped[str] = mapped_column(default="")  # Markdown
    accent: Mapped[str] = mapped_column(String(7), default="", server_default="")  # #rrggbb
    changed_at: Mapped[datetime] = mapped_column(default=utcnow)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))


class HubLogo(db.Model):  # type: ignore[name-defined,misc]
    """A logo as it is sent to browsers: for light pages, or for dark ones."""

    __tablename__ = "hub_logo"
    __table_args__ = (CheckConstraint("theme IN ('light', 'dark')", name="theme"),)

    theme: Mapped[str] = mapped_column(String(8), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(64))
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    body: Mapped[bytes] = mapped_column(LargeBinary)

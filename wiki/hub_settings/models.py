"""Settings that administrators have changed, and the number that every such change raises."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow

NAME_LIMIT = 40  # characters


class AccessVersion(db.Model):  # type: ignore[name-defined,misc]
    """The single row that every change of rules, grants, groups, pages' rules or settings raises.

    Every request asks for it, so that no process goes by what was in force before.
    """

    __tablename__ = "access_version"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(default=1)


class StoredSetting(db.Model):  # type: ignore[name-defined,misc]
    """A setting that isn't at its default, as `HubSetting.format` writes it."""

    __tablename__ = "hub_setting"

    name: Mapped[str] = mapped_column(String(NAME_LIMIT), primary_key=True)
    value: Mapped[str] = mapped_column()
    changed_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

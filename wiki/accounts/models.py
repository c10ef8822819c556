"""People."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from wiki.extensions import db, utcnow


def new_stamp() -> str:
    """A stamp for `User.session_stamp` that nobody can guess."""
    return secrets.token_hex(8)


class Role(StrEnum):
    """What a person may do, from least to most."""

    READER = "reader"
    LEARNER = "learner"
    ADMIN = "admin"


class User(db.Model, UserMixin):  # type: ignore[name-defined,misc]
    __tablename__ = "user"
    __table_args__ = (CheckConstraint("role IN ('reader', 'learner', 'admin')", name="role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64))
    # NFKC, casefolded, look-alikes as one: nobody can take a name that reads like another one's.
    username_key: Mapped[str] = mapped_column(String(128), unique=True)
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(16), default=Role.LEARNER)
    is_enabled: Mapped[bool] = mapped_column(default=True)
    # Part of the session's id: a new stamp signs every other session out.
    session_stamp: Mapped[str] = mapped_column(String(32), default=new_stamp)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    @property
    def is_active(self) -> bool:
        return self.is_enabled

    def get_id(self) -> str:
        return f"{self.id}.{self.session_stamp}"


@dataclass(frozen=True)
class Member(UserMixin):  # type: ignore[misc]
    """Who is signed in, as pages need to know them: read at each request, never written."""

    id: int
    username: str
    email: str | None
    role: str
    session_stamp: str

    def get_id(self) -> str:
        return f"{self.id}.{self.session_stamp}"

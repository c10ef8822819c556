"""Users, their sessions, groups and invitations, and the audit log."""

import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wiki.accounts.credentials.confusables import SKELETON_LIMIT, skeleton
from wiki.database import db, utcnow
from wiki.naming import KEY_LIMIT

GROUP_NAME_LIMIT = 60  # characters
GROUP_NOTE_LIMIT = 300  # characters
CREDENTIAL_NAME_LIMIT = 80  # characters of the name of a token or passkey


def new_session_stamp() -> str:
    """An unguessable value for `User.session_stamp`."""
    return secrets.token_hex(8)


def new_session_id() -> str:
    """An unguessable id for a session, with the time of its start."""
    return f"{int(time.time()):x}-{secrets.token_hex(12)}"


def _skeleton_of_name(context: DefaultExecutionContext) -> str:
    parameters = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return skeleton(parameters["username"])[:SKELETON_LIMIT]


class Role(StrEnum):
    """What a user may do, from least to most."""

    READER = "reader"
    LEARNER = "learner"
    MENTOR = "mentor"
    ADMIN = "admin"


class User(db.Model, UserMixin):  # type: ignore[name-defined,misc]
    """A person with an account."""

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("role IN ('reader', 'learner', 'mentor', 'admin')", name="role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64))
    # From `username_key`, so that nobody can take a name that looks like another one.
    username_key: Mapped[str] = mapped_column(String(128), unique=True)
    # Its skeleton; `None` for colliding names that are older than the check for look-alikes.
    username_skeleton: Mapped[str | None] = mapped_column(
        String(SKELETON_LIMIT), unique=True, default=_skeleton_of_name
    )
    email: Mapped[str | None] = mapped_column(String(254))
    # The first account with an address can sign in with it; others aren't told.
    email_key: Mapped[str | None] = mapped_column(String(254), unique=True)
    # When a link mailed to this address was opened; reset if the address changes.
    email_confirmed_at: Mapped[datetime | None] = mapped_column()
    # `None` for people who sign in with a provider and haven't set one.
    password_hash: Mapped[str | None] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(16), default=Role.LEARNER)
    is_enabled: Mapped[bool] = mapped_column(default=True)
    # Part of each session id: a new stamp ends all sessions.
    session_stamp: Mapped[str] = mapped_column(String(32), default=new_session_stamp)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    invitation_id: Mapped[int | None] = mapped_column(
        ForeignKey("invitation.id", ondelete="RESTRICT", use_alter=True)
    )
    # An IANA name; `None` for the time zone of the device.
    timezone: Mapped[str | None] = mapped_column(String(64))
    # Permanently: by its owner, or because it was merged into another account.
    closed_at: Mapped[datetime | None] = mapped_column()
    # Number of unread notifications, maintained by `wiki.community`.
    unread_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))

    invitation: Mapped["Invitation | None"] = relationship(
        foreign_keys=[invitation_id], lazy="raise"
    )

    @property
    def is_active(self) -> bool:
        return self.is_enabled

    def get_id(self) -> str:
        """The id of a new session, as Flask-Login keeps it in cookies."""
        return f"{self.id}.{self.session_stamp}.{new_session_id()}"


class FormerName(db.Model):  # type: ignore[name-defined,misc]
    """A former username, as hashes of its key and its skeleton.

    The reference to its user is removed when they close their account.
    """

    __tablename__ = "former_name"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    looks_hash: Mapped[str] = mapped_column(String(64), index=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )


class MergedAccount(db.Model):  # type: ignore[name-defined,misc]
    """Records that one user was merged into another; see `wiki.accounts.merging.merge`.

    The row of a merged user stays, closed, since the audit log refers to it.
    """

    __tablename__ = "merged_account"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    into_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"), index=True)
    merged_at: Mapped[datetime] = mapped_column(default=utcnow)


# Excludes the rows that remain of merged accounts.
IS_NOT_MERGED = User.id.not_in(select(MergedAccount.user_id))


class LoginSession(db.Model):  # type: ignore[name-defined,misc]
    """A browser in which a user is signed in, until they sign out."""

    __tablename__ = "login_session"

    id: Mapped[str] = mapped_column(String(48), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    device: Mapped[str] = mapped_column(String(200))  # the User-Agent header
    is_remembered: Mapped[bool] = mapped_column(default=False)
    began_at: Mapped[datetime] = mapped_column(default=utcnow)
    used_at: Mapped[datetime] = mapped_column(default=utcnow)  # to the hour
    ended_at: Mapped[datetime | None] = mapped_column()


class Invitation(db.Model):  # type: ignore[name-defined,misc]
    """A link for registering, for a limited time and, if `allowed` is set, a limited number of
    people.

    They get its role and join its groups.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("used <= allowed", name="used"),
        CheckConstraint("role IN ('reader', 'learner', 'mentor')", name="role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # The link itself isn't stored, so that nobody can register with a copy of the database.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    note: Mapped[str] = mapped_column(String(120), default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    ends_at: Mapped[datetime] = mapped_column()
    allowed: Mapped[int | None] = mapped_column()  # number of people; `None` for no limit
    used: Mapped[int] = mapped_column(default=0)
    revoked_at: Mapped[datetime | None] = mapped_column()
    role: Mapped[str] = mapped_column(String(16), default=Role.LEARNER)

    made_by: Mapped[User | None] = relationship(foreign_keys=[made_by_id], lazy="raise")
    groups: Mapped[list["Group"]] = relationship(
        secondary="invitation_group", order_by="Group.key", lazy="raise"
    )

    @property
    def state(self) -> str:
        """`open`, or why nobody can register with it: `revoked`, `used-up` or `expired`."""
        if self.revoked_at is not None:
            return "revoked"
        if self.allowed is not None and self.used >= self.allowed:
            return "used-up"
        return "expired" if self.ends_at <= utcnow() else "open"


class Group(db.Model):  # type: ignore[name-defined,misc]
    """Users who are granted permissions together, such as a cohort."""

    __tablename__ = "group"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(GROUP_NAME_LIMIT))
    key: Mapped[str] = mapped_column(String(KEY_LIMIT), unique=True)  # of the name: `path_key`
    note: Mapped[str] = mapped_column(String(GROUP_NOTE_LIMIT), default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class InvitationGroup(db.Model):  # type: ignore[name-defined,misc]
    """A group that people join when they register with an invitation."""

    __tablename__ = "invitation_group"

    invitation_id: Mapped[int] = mapped_column(
        ForeignKey("invitation.id", ondelete="CASCADE"), primary_key=True
    )
    group_id: Mapped[int] = mapped_column(
        ForeignKey("group.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Membership(db.Model):  # type: ignore[name-defined,misc]
    """A user’s membership in a group; the group’s mentors manage its members."""

    __tablename__ = "membership"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("group.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    is_mentor: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime] = mapped_column(default=utcnow)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="raise")


class AuditEvent(db.Model):  # type: ignore[name-defined,misc]
    """What somebody did, and to whom or what; see `wiki.accounts.audit_log`."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_action_id", "action", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=utcnow)
    # `None` for commands and failed sign-ins.
    by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="RESTRICT"), index=True
    )
    about_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="RESTRICT"), index=True
    )
    action: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(200), default="")
    network: Mapped[str] = mapped_column(String(45), default="", server_default="")

    by: Mapped[User | None] = relationship(foreign_keys=[by_id], lazy="raise")
    about: Mapped[User | None] = relationship(foreign_keys=[about_id], lazy="raise")


@dataclass(frozen=True)
class SessionUser(UserMixin):  # type: ignore[misc]
    """The signed-in user of a request: loaded for each request, never written."""

    id: int
    username: str
    email: str | None
    role: str
    session_stamp: str
    timezone: str | None
    session_id: str
    groups: frozenset[int] = frozenset()  # ids
    is_blocked: bool = False
    scope: str | None = None  # scope of the access token; `None` in a browser
    unread_count: int = field(default=0, compare=False)
    # Not compared: caches for this user stay valid if these change.
    access_version: int = field(default=0, repr=False, compare=False)
    used_at: datetime | None = field(default=None, repr=False, compare=False)

    def get_id(self) -> str:
        return f"{self.id}.{self.session_stamp}.{self.session_id}"

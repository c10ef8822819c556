"""Signing in and out, and how long a session is valid.

A cookie names a user, their session stamp and a session. A new password changes the stamp, which
ends all sessions; signing out ends one session by updating its row. A session whose row couldn’t
be stored, because the database accepted no writes, is valid for a week.
"""

import hmac
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from flask import current_app, request, session
from flask_login import current_user, login_user, logout_user
from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    bindparam,
    cast,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.authentication import device_cookies, login_limits
from wiki.accounts.authentication.failed_sign_ins import log_failed_sign_in
from wiki.accounts.blocking.models import IS_BLOCKED
from wiki.accounts.credentials.passwords import hash_password, is_outdated, verify_password
from wiki.accounts.errors import AccountRefused
from wiki.accounts.models import LoginSession, Membership, SessionUser, User
from wiki.accounts.users import end_all_sessions, user_by_identifier
from wiki.database import StorageUnavailable, db, utcnow, write_transaction
from wiki.hub_settings.models import AccessVersion
from wiki.i18n import lazy as _l
from wiki.web.request_values import parse_number

SESSION_LIFETIME = timedelta(days=31)  # since its last use
REMEMBERED_LIFETIME = timedelta(days=400)  # with "Stay signed in on this device"
UNSTORED_LIFETIME = timedelta(days=7)  # for a session that could not be stored
LAST_USE_PRECISION = timedelta(hours=1)  # of the stored time of last use
SIGN_IN_PATIENCE = 0.5  # seconds to wait for other writers; a sign-in works without its row
MAX_SESSIONS = 100  # per user; beyond it, the least recently used sessions end

register_actions(
    {
        "sign-in": _l("Signed in"),
        "sign-out": _l("Signed out"),
        "session-ended": _l("Signed out on another device"),
        "sessions-ended": _l("Signed out everywhere"),
    }
)

CHECKED_AS = "checked_as"  # see `checks_key`
SIGNED_IN_AT = "signed_in_at"  # of a browser's session; see `reauthentication`
_SEPARATOR = ","
_SESSION_ID = re.compile(r"[0-9a-f]{1,16}-[0-9a-f]{1,31}")  # as in `new_session_id`
# What a request needs besides the user's row: group ids joined into one value, which
# `parse_groups` splits, and the version of the access rules.
GROUPS = (
    select(func.aggregate_strings(cast(Membership.group_id, String), _SEPARATOR))
    .where(Membership.user_id == User.id)
    .correlate(User)
    .scalar_subquery()
)
ACCESS_VERSION = select(AccessVersion.number).scalar_subquery()

# A Core query: an ORM object would take twice the time.
_MEMBER = (
    select(
        User.id,
        User.username,
        User.email,
        User.role,
        User.session_stamp,
        User.timezone,
        User.unread_count,
        LoginSession.is_remembered,
        LoginSession.used_at,
        LoginSession.ended_at,
        GROUPS.label("groups"),
        ACCESS_VERSION.label("access_version"),
        IS_BLOCKED.label("is_blocked"),
    )
    .outerjoin(
        LoginSession,
        and_(LoginSession.user_id == User.id, LoginSession.id == bindparam("session")),
    )
    .where(User.id == bindparam("id"), User.is_enabled)
)


def load_member(cookie: str) -> SessionUser | None:
    """The user of a session or remember cookie; `None` once the session or account has ended."""
    number, _, rest = cookie.partition(".")
    stamp, _, session_id = rest.partition(".")
    user_id = parse_number(number)
    if user_id is None or not session_id:
        return None
    asked = {"id": user_id, "session": session_id, "now": utcnow()}
    row = db.session.connection().execute(_MEMBER, asked).one_or_none()
    if row is None or not hmac.compare_digest(row.session_stamp.encode(), stamp.encode()):
        return None
    if not _is_active(session_id, row.used_at, row.ended_at, row.is_remembered):
        return None
    return SessionUser(
        *row[:6],
        session_id=session_id,
        groups=parse_groups(row.groups),
        is_blocked=row.is_blocked,
        unread_count=row.unread_count,
        access_version=row.access_version,
        used_at=row.used_at,
    )


def parse_groups(joined: str | None) -> frozenset[int]:
    """The ids joined by `GROUPS`."""
    return frozenset(map(int, joined.split(_SEPARATOR))) if joined else frozenset()


def _is_active(
    session_id: str, used_at: datetime | None, ended_at: datetime | None, is_remembered: bool | None
) -> bool:
    if used_at is None:
        return utcnow() - _start_of(session_id) < UNSTORED_LIFETIME
    unused = REMEMBERED_LIFETIME if is_remembered else SESSION_LIFETIME
    return ended_at is None and utcnow() - used_at < unused


def _start_of(session_id: str) -> datetime:
    if not _SESSION_ID.fullmatch(session_id):
        return datetime.min.replace(tzinfo=UTC)
    try:
        return datetime.fromtimestamp(int(session_id.partition("-")[0], 16), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.min.replace(tzinfo=UTC)


def signed_in_user() -> User:
    """The database row of the signed-in user, for code that changes or references it.

    Only for requests with a signed-in user.
    """
    person: User = db.session.get_one(User, current_user.id)
    return person


def authenticate(identifier: str, password: str) -> User:
    """The user with this username or e-mail address and password.

    Raises `AccountRefused`: `username` is `wrong` for an unknown name and for a wrong password,
    after the same time; `disabled` only with the right password. Raises `LimitReached`.
    """
    with log_failed_sign_in(identifier), login_limits.limit_login(identifier):
        person = user_by_identifier(identifier)
        stored = person.password_hash if person else None
        if not verify_password(stored, password) or person is None:
            raise AccountRefused(username="wrong")
        if not person.is_enabled:
            raise AccountRefused(username="disabled")
    if stored and is_outdated(stored):
        # People can sign in even while the database accepts no writes.
        with suppress(StorageUnavailable):
            _rehash(person, password)
    return person


def sign_in(person: User, *, remember: bool = False, action: str = "sign-in") -> None:
    """Sign `person` in on this browser, in a new session (to prevent session fixation).

    `action` is what the audit log records; it is empty for a renewed session, which doesn’t
    count as a fresh sign-in.
    """
    is_renewed = current_user.is_authenticated and current_user.id == person.id
    checked_as = checks_key() if is_renewed else ""
    signed_in_at = [person.id, int(time.time())] if action else session.get(SIGNED_IN_AT)
    session.clear()
    login_user(person, remember=remember)
    if checked_as:
        session[CHECKED_AS] = checked_as
    if signed_in_at:
        session[SIGNED_IN_AT] = signed_in_at
    device_cookies.remember_device(person)
    row = LoginSession(
        id=session["_user_id"].rpartition(".")[2],
        user_id=person.id,
        device=request.user_agent.string[:200],
        is_remembered=remember,
    )
    with suppress(StorageUnavailable), write_transaction(SIGN_IN_PATIENCE) as database:
        _delete_old_sessions(database, row.user_id)
        database.add(row)
        if action:
            log_event(database, action, by=row.user_id)


def checks_key() -> str:
    """The key under which wrong guesses of the current password are counted: the session, including
    those it is renewed to.
    """
    return str(session.get(CHECKED_AS) or current_user.session_id)


def sign_out() -> bool:
    """End this session, on the server and in the browser.

    While nothing can be stored, it ends in the browser only, and a copy of its cookies keeps
    working. Returns whether it also ended on the server.
    """
    with _leaving() as left:
        if current_user.is_authenticated:
            end_session(current_user.id, current_user.session_id, action="sign-out")
        left.append(True)
    return bool(left)


@contextmanager
def _leaving() -> Iterator[list[bool]]:
    """Remove the cookies after the block, even if nothing can be stored in it."""
    left: list[bool] = []
    with suppress(StorageUnavailable):
        yield left
    session.clear()
    logout_user()


def active_sessions(person_id: int) -> Sequence[LoginSession]:
    """A user’s active sessions, most recently used first."""
    query = select(LoginSession).where(_is_active_row(), LoginSession.user_id == person_id)
    return db.session.scalars(query.order_by(LoginSession.used_at.desc())).all()


def end_session(
    person_id: int, session_id: str, *, action: str = "session-ended", by: int | None = None
) -> bool:
    """End one session of a user, including its remember cookie.

    `by` is who ends it, if not the user. Returns whether the session exists. Raises
    `StorageUnavailable`.
    """
    with write_transaction() as database:
        found = database.get(LoginSession, session_id)
        if found is None and utcnow() - _start_of(session_id) < UNSTORED_LIFETIME:
            # The session started while no row could be stored; this row ends it.
            found = LoginSession(id=session_id, user_id=person_id, device="")
            database.add(found)
        if found is None or found.user_id != person_id:
            return False
        found.ended_at = utcnow()
        about = person_id if by is not None else None
        log_event(database, action, by=by or person_id, about=about)
        return True


def sign_out_elsewhere(person: User) -> None:
    """Sign `person` out of all other browsers. Raises `StorageUnavailable`."""
    sign_in(_end_all_sessions(person), remember=is_remembered(), action="")


def sign_out_everywhere(person: User) -> bool:
    """Sign `person` out of all browsers; returns whether that worked beyond this one."""
    with _leaving() as left:
        _end_all_sessions(person)
        left.append(True)
    return bool(left)


def _end_all_sessions(person: User) -> User:
    number = person.id
    with write_transaction() as database:
        person = database.get_one(User, number)
        end_all_sessions(database, person)
        log_event(database, "sessions-ended", by=number)
    return person


def end_sessions_of(person: User, *, by: int | None) -> None:
    """Sign `person` out of all browsers, on behalf of the administrator `by`."""
    number = person.id
    with write_transaction() as database:
        end_all_sessions(database, database.get_one(User, number))
        log_event(database, "sessions-ended", by=by, about=number)


def record_use(member: SessionUser) -> None:
    """Record that the session of `member` is used, at most once an hour."""
    now = utcnow()
    # A last use in the future, caused by a wrong clock, would keep the session alive too long.
    if member.used_at is None or abs(now - member.used_at) < LAST_USE_PRECISION:
        return
    noted = update(LoginSession).where(LoginSession.id == member.session_id).values(used_at=now)
    # Reads must not wait for writers; the next request can record it.
    engine = db.engine.execution_options(write=True, lock_timeout=0)
    with suppress(SQLAlchemyError), engine.begin() as connection:
        connection.execute(noted)


def _is_active_row() -> ColumnElement[bool]:
    now = utcnow()
    unused = or_(
        LoginSession.used_at > now - SESSION_LIFETIME,
        and_(LoginSession.is_remembered, LoginSession.used_at > now - REMEMBERED_LIFETIME),
    )
    return and_(LoginSession.ended_at.is_(None), unused)


def _delete_old_sessions(database: Session, person_id: int) -> None:
    """End sessions beyond `MAX_SESSIONS`, and delete rows whose cookies are invalid anyway."""
    theirs, now = LoginSession.user_id == person_id, utcnow()
    kept = (
        select(LoginSession.id)
        .where(theirs, LoginSession.ended_at.is_(None))
        .order_by(LoginSession.used_at.desc())
        .limit(MAX_SESSIONS - 1)
    )
    too_many = and_(theirs, LoginSession.ended_at.is_(None), LoginSession.id.not_in(kept))
    database.execute(update(LoginSession).where(too_many).values(ended_at=now))
    is_over = or_(
        LoginSession.ended_at.is_not(None), LoginSession.used_at < now - REMEMBERED_LIFETIME
    )
    # Without a row, younger sessions would look like ones that could not be stored.
    is_old = LoginSession.began_at < now - UNSTORED_LIFETIME
    database.execute(delete(LoginSession).where(theirs, is_over, is_old))


def is_remembered() -> bool:
    """Whether this browser has a remember cookie."""
    return current_app.config["REMEMBER_COOKIE_NAME"] in request.cookies


def _rehash(person: User, password: str) -> None:
    number, old, new = person.id, person.password_hash, hash_password(password)
    with write_transaction(lock_timeout=0) as database:
        known = database.get_one(User, number)
        # Keep a password that was set in the meantime.
        if known.password_hash == old:
            known.password_hash = new

"""Finding people, and what an administrator changes about them."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import delete, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload
from sqlalchemy.sql.base import ExecutableOption

from wiki.accounts.credentials import emails, usernames
from wiki.accounts.credentials.passwords import check_password, hash_password
from wiki.accounts.credentials.usernames import Username
from wiki.accounts.errors import AccountRefused, LastAdministrator, UserNotFound
from wiki.accounts.models import LoginSession, Role, User, new_session_stamp
from wiki.database import db, is_postgresql, write_transaction

MAX_IDENTIFIER_LENGTH = 254  # characters; nobody has a longer name or address


def user_by_name(username: str, *, with_invitation: bool = False) -> User | None:
    """The person of this name, in any spelling of it, and how they came. Takes any string."""
    loaded = (joinedload(User.invitation),) if with_invitation else ()
    return _by_key(User.username_key, usernames.username_key, username, *loaded)


def user_by_identifier(identifier: str) -> User | None:
    """The person who signs in with `identifier`: a username or an e-mail address."""
    if "@" in identifier:
        return _by_key(User.email_key, emails.email_key, identifier)
    return user_by_name(identifier)


def list_users(*, offset: int = 0, limit: int | None = None) -> Sequence[User]:
    """Everybody, in the order of their coming."""
    return db.session.scalars(select(User).order_by(User.id).offset(offset).limit(limit)).all()


def count_by_role() -> dict[str, int]:
    """How many people have each role; roles that nobody has are left out."""
    rows = db.session.execute(select(User.role, func.count()).group_by(User.role))
    return {row[0]: row[1] for row in rows}


def has_users(session: Session | None = None) -> bool:
    """Whether at least one person is registered."""
    return (session or db.session).scalar(select(User.id).limit(1)) is not None


def login_email_key(session: Session, email: str | None, *, by: int | None = None) -> str | None:
    """What to store so that person `by` signs in with `email`; `None` if somebody else does.

    Whoever gave an address first signs in with it. Nobody is told, or registering would tell who
    has an account here.
    """
    if email is None:
        return None
    key = emails.email_key(email)
    holder = session.scalar(select(User.id).where(User.email_key == key))
    return key if holder in (None, by) else None


def check_name_is_free(session: Session, name: Username, *, by: int | None = None) -> None:
    """Raises `AccountRefused` where another person than `by` has the name, or a look-alike."""
    is_taken = or_(User.username_key == name.key, User.username_skeleton == name.looks)
    holders = session.scalars(select(User.id).where(is_taken).limit(2))
    if any(holder != by for holder in holders):
        raise AccountRefused(username="taken")


def lock_users(session: Session) -> None:
    """Wait for other changes of people, and let others wait until this transaction ends.

    Who is first and who is the last administrator can only be told when nobody else is being
    added or changed. On SQLite a write transaction is alone anyway.
    """
    if is_postgresql(session):
        session.execute(text('LOCK TABLE "user" IN SHARE ROW EXCLUSIVE MODE'))


def end_all_sessions(session: Session, person: User) -> None:
    """In the caller's transaction: no cookie of `person` is worth anything from now on."""
    person.session_stamp = new_session_stamp()
    session.execute(delete(LoginSession).where(LoginSession.user_id == person.id))


def change_user(username: str, role: Role | None = None, *, is_enabled: bool | None = None) -> User:
    """Give a person a role, switch the account on or off, or both; `None` leaves it.

    Off ends its sessions at once. Raises `UserNotFound`, `LastAdministrator`.
    """
    with write_transaction() as session:
        person = _locked(session, username)
        role = Role(person.role) if role is None else role
        is_enabled = person.is_enabled if is_enabled is None else is_enabled
        if role != Role.ADMIN or not is_enabled:
            _keep_an_administrator(session, person)
        person.role = role
        if person.is_enabled != is_enabled:
            person.is_enabled = is_enabled
            end_all_sessions(session, person)
    return person


def set_password(username: str, password: str) -> User:
    """Set a person's password and end their sessions.

    Raises `UserNotFound`, `AccountRefused`.
    """
    known = user_by_name(username)
    if known is None:
        raise UserNotFound(username)
    check_password(password, names=(known.username, known.email or ""))
    stored = hash_password(password)
    with write_transaction() as session:
        person = _locked(session, username)
        person.password_hash = stored
        end_all_sessions(session, person)
    return person


def _by_key(
    column: InstrumentedAttribute[Any],
    key_of: Callable[[str], str],
    name: str,
    *loaded: ExecutableOption,
) -> User | None:
    if len(name) > MAX_IDENTIFIER_LENGTH:
        return None
    key = key_of(name)
    # PostgreSQL refuses a text with NUL in it, SQLite doesn't.
    if not key or "\0" in key:
        return None
    person: User | None = db.session.scalar(select(User).where(column == key).options(*loaded))
    return person


def _locked(session: Session, username: str) -> User:
    lock_users(session)
    person = user_by_name(username)
    if person is None:
        raise UserNotFound(username)
    return person


def _keep_an_administrator(session: Session, leaving: User) -> None:
    others = select(func.count()).where(
        User.role == Role.ADMIN, User.is_enabled, User.id != leaving.id
    )
    if leaving.role == Role.ADMIN and not session.scalar(others):
        raise LastAdministrator

"""Finding users, and changes that administrators make to them."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import delete, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload
from sqlalchemy.sql.base import ExecutableOption

from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.blocking.models import IS_BLOCKED
from wiki.accounts.credentials import emails, usernames
from wiki.accounts.credentials.passwords import check_password, hash_password
from wiki.accounts.credentials.usernames import Username
from wiki.accounts.errors import AccountRefused, LastAdministrator, UserNotFound
from wiki.accounts.mails import (
    may_confirm,
    queue_confirmation,
    queue_email_notice,
    queue_password_notice,
)
from wiki.accounts.models import (
    IS_NOT_MERGED,
    Invitation,
    InvitationGroup,
    LoginSession,
    Role,
    User,
    new_session_stamp,
)
from wiki.accounts.privacy.former_names import is_former_name, retire_name
from wiki.accounts.privacy.personal_data import personal_data
from wiki.app_state import wiki_name
from wiki.database import db, is_postgresql, overwrite_deleted, utcnow, write_transaction
from wiki.i18n import lazy as _l

MAX_IDENTIFIER_LENGTH = 254  # characters; no name or address is longer

register_actions(
    {
        "role": _l("Role changed"),
        "disabled": _l("Account disabled"),
        "enabled": _l("Account enabled"),
        "renamed": _l("Person renamed"),
        "password": _l("Password changed"),
        "email": _l("E-mail address changed"),
        "person": _l("Account changed"),  # created by earlier versions
    }
)


def user_by_name(username: str, *, with_invitation: bool = False) -> User | None:
    """The user with this name in any spelling, or `None`. Takes any string."""
    loaded = (joinedload(User.invitation),) if with_invitation else ()
    return _by_key(User.username_key, usernames.username_key, username, *loaded)


def get_user(username: str, *, with_invitation: bool = False) -> User:
    """The user with this name in any spelling. Raises `UserNotFound`."""
    person = user_by_name(username, with_invitation=with_invitation)
    if person is None:
        raise UserNotFound(username)
    return person


def user_by_identifier(identifier: str) -> User | None:
    """The user who signs in with `identifier`, a username or an e-mail address; or `None`."""
    if "@" in identifier:
        return _by_key(User.email_key, emails.email_key, identifier)
    return user_by_name(identifier)


def list_users(*, offset: int = 0, limit: int | None = None) -> Sequence[User]:
    """All users, in order of registration."""
    query = select(User).where(IS_NOT_MERGED).order_by(User.id)
    return db.session.scalars(query.offset(offset).limit(limit)).all()


def count_by_role() -> dict[str, int]:
    """The number of users by role; empty roles are left out."""
    rows = db.session.execute(
        select(User.role, func.count()).where(IS_NOT_MERGED).group_by(User.role)
    )
    return {row[0]: row[1] for row in rows}


def has_users(session: Session | None = None) -> bool:
    """Whether at least one user is registered."""
    return (session or db.session).scalar(select(User.id).limit(1)) is not None


def login_email_key(session: Session, email: str | None, *, by: int | None = None) -> str | None:
    """The key under which user `by` can sign in with `email`; `None` if it is another account’s.

    The first account with an address can sign in with it. Others aren’t told, since that would
    reveal who has an account here.
    """
    if email is None:
        return None
    key = emails.email_key(email)
    holder = session.scalar(select(User.id).where(User.email_key == key))
    return key if holder in (None, by) else None


def check_name_is_free(session: Session, name: Username, *, by: int | None = None) -> None:
    """Raises `AccountRefused` if another user than `by` has the name or one that looks like it."""
    is_taken = or_(User.username_key == name.key, User.username_skeleton == name.looks)
    holders = session.scalars(select(User.id).where(is_taken).limit(2))
    if any(holder != by for holder in holders) or is_former_name(session, name, by=by):
        raise AccountRefused(username="taken")


def lock_users(session: Session) -> None:
    """Serialize changes of users until this transaction ends.

    Otherwise two people could register as the first user, or the last two administrators could
    resign at once. On SQLite, write transactions are exclusive anyway.
    """
    if is_postgresql(session):
        session.execute(text('LOCK TABLE "user" IN SHARE ROW EXCLUSIVE MODE'))


def end_all_sessions(session: Session, person: User) -> None:
    """Invalidate all cookies of `person`, in the caller’s transaction."""
    person.session_stamp = new_session_stamp()
    session.execute(delete(LoginSession).where(LoginSession.user_id == person.id))


def revoke_invitations_by(
    session: Session, maker: int, *, by: int | None, group_id: int | None = None
) -> None:
    """Revoke the invitations created by a user, or those into one group, in the caller’s
    transaction.

    For users who may no longer create invitations: they could use one to get in again.
    """
    made = select(Invitation).where(
        Invitation.made_by_id == maker,
        Invitation.revoked_at.is_(None),
        Invitation.ends_at > utcnow(),
    )
    if group_id is not None:
        into = select(InvitationGroup.invitation_id).where(InvitationGroup.group_id == group_id)
        made = made.where(Invitation.id.in_(into))
    for invitation in session.scalars(made):
        invitation.revoked_at = utcnow()
        log_event(session, "invitation-revoked", by=by, about=maker, subject=invitation.note)


def replace_password(
    session: Session,
    person: User,
    password_hash: str,
    *,
    by: int | None,
    action: str = "password",
) -> None:
    """Set a new password hash, end all sessions and queue a notice, in the caller’s transaction.

    `by` and `action` are recorded in the audit log.
    """
    person.password_hash = password_hash
    end_all_sessions(session, person)
    log_event(session, action, by=by, about=person.id)
    queue_password_notice(session, person)


def replace_email(session: Session, person: User, address: str | None, *, by: int | None) -> None:
    """Set or remove the e-mail address, in the caller’s transaction; a new one is unconfirmed.

    The former address gets a notice.
    """
    if not emails.is_same_address(address or "", person.email or ""):
        log_event(session, "email", by=by, about=person.id)
        queue_email_notice(session, person)
        person.email_confirmed_at = None
    person.email = address
    person.email_key = login_email_key(session, address, by=person.id)


def change_user(
    username: str,
    role: Role | None = None,
    *,
    is_enabled: bool | None = None,
    by: int | None = None,
    why: str = "",
) -> User:
    """Change the role of a user, or enable or disable the account; `None` keeps the value.

    Disabling ends its sessions immediately; `why` is recorded in the audit log. Like a lower
    role, it also revokes the invitations that the user created. Raises `UserNotFound`,
    `LastAdministrator`.
    """
    with write_transaction() as session:
        person = _locked(session, username)
        role = Role(person.role) if role is None else role
        is_enabled = person.is_enabled if is_enabled is None else is_enabled
        if role != Role.ADMIN or not is_enabled:
            ensure_administrator_remains(session, person)
        is_lower = list(Role).index(role) < list(Role).index(Role(person.role))
        if not is_enabled or is_lower:
            revoke_invitations_by(session, person.id, by=by)
        if person.role != role:
            subject = f"{person.role} → {role}"
            log_event(session, "role", by=by, about=person.id, subject=subject)
            person.role = role
        if person.is_enabled != is_enabled:
            person.is_enabled = is_enabled
            end_all_sessions(session, person)
            action = "enabled" if is_enabled else "disabled"
            log_event(session, action, by=by, about=person.id, subject=why)
    return person


def rename_user(username: str, new_name: str, *, email: str | None = None) -> User:
    """Rename a user, including on everything they have written.

    `email` is a new address, empty to remove it, `None` to keep it. Raises `UserNotFound`,
    `AccountRefused`.
    """
    name = usernames.clean_username(new_name)
    address = emails.clean_email(email) if email else None
    is_confirming = may_confirm(address)
    with write_transaction() as session:
        overwrite_deleted(session)
        person = _locked(session, username)
        check_name_is_free(session, name, by=person.id)
        if name.key != person.username_key:
            retire_name(session, person, leads_to=person)
        person.username, person.username_key = name.shown, name.key
        person.username_skeleton = name.looks
        if email is not None:
            replace_email(session, person, address, by=None)
        if is_confirming and person.email_confirmed_at is None:
            queue_confirmation(session, person)
        for feature in personal_data():
            feature.rename(session, person.id)
        log_event(session, "renamed", by=None, about=person.id)
    return person


def set_password(username: str, password: str) -> User:
    """Set a user's password and end their sessions.

    Raises `UserNotFound`, `AccountRefused`.
    """
    known = get_user(username)
    check_password(password, names=(known.username, known.email or "", wiki_name()))
    stored = hash_password(password)
    with write_transaction() as session:
        person = _locked(session, username)
        replace_password(session, person, stored, by=None)
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
    # Unlike SQLite, PostgreSQL accepts no NUL in text.
    if not key or "\0" in key:
        return None
    person: User | None = db.session.scalar(select(User).where(column == key).options(*loaded))
    return person


def _locked(session: Session, username: str) -> User:
    """The locked row of a user. Raises `UserNotFound`, also for a closed account."""
    lock_users(session)
    person = get_user(username)
    if person.closed_at is not None:
        raise UserNotFound(username)
    return person


def ensure_administrator_remains(session: Session, leaving: User) -> None:
    """Raises `LastAdministrator` if `leaving` is the last one who isn’t blocked; call under
    `lock_users`.
    """
    others = select(func.count()).where(
        User.role == Role.ADMIN, User.is_enabled, ~IS_BLOCKED, User.id != leaving.id
    )
    if leaving.role == Role.ADMIN and not session.scalar(others, {"now": utcnow()}):
        raise LastAdministrator

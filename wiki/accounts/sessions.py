"""Signing in and out, and what a session is worth."""

import hmac
from contextlib import suppress

from flask import current_app, request, session
from flask_login import current_user, login_user, logout_user
from sqlalchemy import bindparam, select

from wiki.accounts import emails
from wiki.accounts.emails import clean_email
from wiki.accounts.errors import Refused
from wiki.accounts.models import Member, User, new_stamp
from wiki.accounts.passwords import check_password, hash_password, is_outdated, verify_password
from wiki.accounts.people import is_address_taken, person_by_identifier
from wiki.extensions import StorageUnavailable, db, writing

# Run as it is, not by the session: an object that the session follows costs twice the time.
_MEMBER = select(User.id, User.username, User.email, User.role, User.session_stamp).where(
    User.id == bindparam("id"), User.is_enabled
)


def load_member(session_id: str) -> Member | None:
    """The person of a session or a remember cookie; nobody once the stamp or the account ended."""
    number, _, stamp = session_id.partition(".")
    if not number.isdecimal() or len(number) > 18:
        return None
    row = db.session.connection().execute(_MEMBER, {"id": int(number)}).one_or_none()
    if row is None or not hmac.compare_digest(row.session_stamp.encode(), stamp.encode()):
        return None
    return Member(*row)


def current_person() -> User:
    """Who is signed in, for what changes them or stands under their name.

    Only to be asked where somebody is.
    """
    person: User = db.session.get_one(User, current_user.id)
    return person


def authenticate(identifier: str, password: str) -> User:
    """The person with this username or e-mail address and password.

    Raises `Refused`: `username` is `wrong` for an unknown name as for a wrong password, after
    the same time; `disabled` only to who knows the password.
    """
    person = person_by_identifier(identifier)
    stored = person.password_hash if person else None
    if not verify_password(stored, password) or person is None:
        raise Refused(username="wrong")
    if not person.is_enabled:
        raise Refused(username="disabled")
    if is_outdated(person.password_hash):
        # A database that takes no writes now is no reason to keep anybody out.
        with suppress(StorageUnavailable):
            _renew_hash(person, password)
    return person


def sign_in(person: User, *, remember: bool = False) -> None:
    """Make this browser theirs. What the session held before ends: nobody can have planted it."""
    session.clear()
    login_user(person, remember=remember)


def sign_out() -> None:
    """Forget the person in this browser, the remember cookie included."""
    session.clear()
    logout_user()


def change_account(
    person: User, *, current_password: str, password: str = "", email: str | None = None
) -> None:
    """Change one's own password (empty: keep) and address (`None`: keep, empty: take out).

    A new password ends all other sessions; the browser of this request stays signed in.
    Raises `Refused` with every problem at once.
    """
    number = person.id
    cleaned = _checked_change(person, current_password, password, email)
    stored = hash_password(password) if password else None
    with writing() as database:
        person = database.get_one(User, number)
        if email is not None:
            key = emails.key_of(cleaned) if cleaned else None
            if key and is_address_taken(database, key, besides=number):
                raise Refused(email="taken")
            person.email, person.email_key = cleaned, key
        if stored:
            person.password_hash, person.session_stamp = stored, new_stamp()
    if stored:
        sign_in(person, remember=_is_remembered())


def end_other_sessions(person: User) -> None:
    """Sign `person` out of every browser but this one."""
    number = person.id
    with writing() as database:
        person = database.get_one(User, number)
        person.session_stamp = new_stamp()
    sign_in(person, remember=_is_remembered())


def _checked_change(
    person: User, current_password: str, password: str, email: str | None
) -> str | None:
    problems: dict[str, str] = {}
    cleaned = None
    if not verify_password(person.password_hash, current_password):
        problems["current_password"] = "wrong"  # noqa: S105  # a reason
    try:
        cleaned = clean_email(email or "")
    except Refused as refused:
        problems |= refused.problems
    try:
        if password:
            check_password(password, names=(person.username, email or person.email or ""))
    except Refused as refused:
        problems |= refused.problems
    if problems:
        raise Refused(**problems)
    return cleaned


def _is_remembered() -> bool:
    return current_app.config["REMEMBER_COOKIE_NAME"] in request.cookies


def _renew_hash(person: User, password: str) -> None:
    number, old, new = person.id, person.password_hash, hash_password(password)
    with writing() as database:
        known = database.get_one(User, number)
        # Somebody may have set another password in between: that one stands.
        if known.password_hash == old:
            known.password_hash = new

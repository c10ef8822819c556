"""Adding and removing passkeys, and signing in with one."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError

from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.authentication.login_limits import limit_passkey_login
from wiki.accounts.errors import AccountRefused
from wiki.accounts.models import CREDENTIAL_NAME_LIMIT, User
from wiki.accounts.openid.sign_in_methods import check_other_sign_in_method
from wiki.accounts.passkeys.ceremony import (
    CHALLENGE_TIMEOUT,
    NewKey,
    is_of,
    parse_response,
    take_challenge,
    verify_new_key,
    verify_use,
)
from wiki.accounts.passkeys.models import CREDENTIAL_ID_LIMIT, Passkey
from wiki.accounts.users import lock_users
from wiki.database import db, utcnow, write_transaction
from wiki.i18n import lazy as _l

MAX_PASSKEYS = 20  # per user

register_actions({"passkey": _l("Passkey added"), "passkey-removed": _l("Passkey removed")})


class PasskeyNotFound(LookupError):
    """This user has no such passkey."""


def add_passkey(person_id: int, name: str, response: str) -> None:
    """Store the key that an authenticator created for a user.

    Raises `AccountRefused`: `name` is `empty`, `too-long` or `too-many-keys`, `credential` is
    `invalid`, `late` or `known`.
    """
    name = name.strip()
    if not name or len(name) > CREDENTIAL_NAME_LIMIT:
        raise AccountRefused(name="too-long" if name else "empty")
    key = verify_new_key(response, take_challenge())
    if len(key.credential_id) > CREDENTIAL_ID_LIMIT:
        raise AccountRefused(credential="invalid")
    try:
        _store(person_id, name, key)
    except IntegrityError as error:
        raise AccountRefused(credential="known") from error


def _store(person_id: int, name: str, key: NewKey) -> None:
    with write_transaction() as session:
        session.get_one(User, person_id, with_for_update=True)
        count = session.scalar(select(func.count()).where(Passkey.user_id == person_id)) or 0
        if count >= MAX_PASSKEYS:
            raise AccountRefused(name="too-many-keys")
        session.add(
            Passkey(
                user_id=person_id,
                name=name,
                credential_id=key.credential_id,
                public_key=key.public_key,
                sign_count=key.sign_count,
            )
        )
        log_event(session, "passkey", by=person_id, subject=name)


def remove_passkey(person_id: int, passkey_id: int) -> str:
    """Remove a user’s passkey and return its name. Raises `PasskeyNotFound`, `LastSignInMethod`."""
    with write_transaction() as session:
        lock_users(session)
        key = session.get(Passkey, passkey_id)
        if key is None or key.user_id != person_id:
            raise PasskeyNotFound(passkey_id)
        check_other_sign_in_method(session, key)
        session.delete(key)
        log_event(session, "passkey-removed", by=person_id, subject=key.name)
        return key.name


def authenticate_by_passkey(written: str) -> User:
    """The user whose passkey has signed the challenge of this browser.

    Raises `AccountRefused`, `LimitReached`.
    """
    with limit_passkey_login():
        challenge, response = take_challenge(), parse_response(written)
        key = db.session.scalar(select(Passkey).where(Passkey.credential_id == response["id"]))
        if key is None or not is_of(response, key.user_id):
            raise AccountRefused(credential="unknown")
        key_id, person_id = key.id, key.user_id
        count = verify_use(response, challenge, key.public_key, key.sign_count)
        _record_use(key_id, count, since=datetime.fromtimestamp(challenge.made_at, UTC))
        person: User = db.session.get_one(User, person_id)
        if not person.is_enabled:
            raise AccountRefused(credential="disabled")
    return person


def _record_use(key_id: int, sign_count: int, since: datetime) -> None:
    """Raises `AccountRefused` if the key was used after the challenge was made: a replay."""
    # A last use in the future comes from a wrong clock.
    is_impossible = Passkey.used_at > utcnow() + timedelta(seconds=CHALLENGE_TIMEOUT)
    is_first = or_(Passkey.used_at.is_(None), Passkey.used_at < since, is_impossible)
    used = (
        update(Passkey)
        .where(Passkey.id == key_id, is_first)
        .values(sign_count=sign_count, used_at=utcnow())
        .returning(Passkey.id)
    )
    with write_transaction() as session:
        if session.scalar(used) is None:
            raise AccountRefused(credential="late")

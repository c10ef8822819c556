"""Password reset links, mailed to people or created by administrators.

A link is bound to the hash of the password that it replaces, so it expires when it is used or
the password changes in any other way; it isn’t stored. A mailed link also expires when the
address changes.
"""

import hmac
from hashlib import sha256

from itsdangerous import BadSignature, SignatureExpired

from wiki.accounts.audit_log import register_actions
from wiki.accounts.authentication.login_limits import name_of
from wiki.accounts.credentials.passwords import check_password, hash_password
from wiki.accounts.errors import LinkRefused
from wiki.accounts.mails import MAILED_LINK_AGE, queue_reset
from wiki.accounts.models import User
from wiki.accounts.passkeys.queries import remove_passkeys_of
from wiki.accounts.tokens.tokens import revoke_tokens_of
from wiki.accounts.users import lock_users, replace_password, user_by_identifier
from wiki.app_state import wiki_name
from wiki.database import db, write_transaction
from wiki.i18n import lazy as _l
from wiki.rate_limits import LimitReached, address_key, count_attempt
from wiki.web.signing import link_serializer

RESET_LINK_AGE = 24 * 3600  # seconds; people want to sign in again within a day
RESET_RATE_BY_LINK = "10 per minute"  # each computes a hash
# A class sits behind one address.
REQUEST_RATE_BY_ADDRESS = "10 per 10 minute; 60 per day"
# Links mailed within the hour still work; more of them would only flood a mailbox.
REQUEST_RATE_BY_NAME = "3 per hour"
_SALT = "nexus new password"
_MAILED_SALT = "nexus mailed new password"

register_actions(
    {
        "password-link": _l("Password reset link created"),
        "password-reset": _l("Password set by a link"),
    }
)


def make_reset_link(person: User) -> str:
    """A token that lets its holder set a new password for `person` within `RESET_LINK_AGE`."""
    return str(link_serializer(_SALT).dumps([person.id, _mark_of(person)]))


def make_mailed_link(person: User) -> str:
    """The same for a mail, within `MAILED_LINK_AGE`."""
    return str(link_serializer(_MAILED_SALT).dumps([person.id, _mark_of(person, is_mailed=True)]))


def request_reset(identifier: str) -> None:
    """Mail a reset link to the account with this name or address, if its address is confirmed.

    Neither the response nor its time reveals whether it exists. Raises `LimitReached` for a
    client that asks too often.
    """
    count_attempt(REQUEST_RATE_BY_ADDRESS, "forgotten password", address_key())
    person = user_by_identifier(identifier)
    try:
        count_attempt(REQUEST_RATE_BY_NAME, "forgotten password of", name_of(identifier))
    except LimitReached:
        return
    number = person.id if person else None
    with write_transaction() as session:
        queue_reset(session, session.get(User, number or 0))


def user_of_link(token: str) -> User:
    """The user whose password a token resets; it may be empty. Raises `LinkRefused`."""
    try:
        (number, mark), is_mailed = _read(token)
    except SignatureExpired as error:
        raise LinkRefused("expired") from error
    except BadSignature as error:
        raise LinkRefused("invalid") from error
    person: User | None = db.session.get(User, number)
    if person is None:
        raise LinkRefused("invalid")
    if not hmac.compare_digest(mark, _mark_of(person, is_mailed=is_mailed)):
        raise LinkRefused("used")
    if not person.is_enabled:
        raise LinkRefused("disabled")
    return person


def reset_password(
    token: str, password: str, *, revokes_tokens: bool = False, removes_passkeys: bool = False
) -> User:
    """Set a new password for the token’s user and end their sessions.

    Optionally also revokes access tokens and removes passkeys. Raises `LinkRefused`,
    `AccountRefused`, `LimitReached`.
    """
    person = user_of_link(token)
    count_attempt(RESET_RATE_BY_LINK, "link for a new password", person.id)
    check_password(password, names=(person.username, person.email or "", wiki_name()))
    stored = hash_password(password)  # slow on purpose, so do it before taking the lock
    with write_transaction() as session:
        lock_users(session)
        # Checked again under the lock: only one of two simultaneous uses succeeds.
        person = user_of_link(token)
        replace_password(session, person, stored, by=None, action="password-reset")
        if revokes_tokens:
            revoke_tokens_of(session, person.id, by=None)
        if removes_passkeys:
            remove_passkeys_of(session, person.id, by=None)
    return person


def _read(token: str) -> tuple[tuple[int, str], bool]:
    """The content of a token, and whether it was mailed. Raises `BadSignature`."""
    try:
        return link_serializer(_MAILED_SALT).loads(token, max_age=MAILED_LINK_AGE), True
    except SignatureExpired:
        raise
    except BadSignature:
        return link_serializer(_SALT).loads(token, max_age=RESET_LINK_AGE), False


def _mark_of(person: User, *, is_mailed: bool = False) -> str:
    """A value that changes with the password (and the address) without revealing it."""
    address = f" {person.email}" if is_mailed else ""
    return sha256(f"{_SALT} {person.password_hash}{address}".encode()).hexdigest()[:32]

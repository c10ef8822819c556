"""Password reset links, which administrators make for people who forgot theirs.

A link is bound to the hash of the password it replaces, so that it expires with its first use or
any other change of the password, and is stored nowhere.
"""

import hmac
from hashlib import sha256

from itsdangerous import BadSignature, SignatureExpired

from wiki.accounts.credentials.passwords import check_password, hash_password
from wiki.accounts.errors import LinkRefused
from wiki.accounts.models import User
from wiki.accounts.users import end_all_sessions, lock_users
from wiki.database import db, write_transaction
from wiki.rate_limits import count_attempt
from wiki.web.signing import link_serializer

RESET_LINK_AGE = 24 * 3600  # seconds; nobody waits longer than a day to get in again
RESET_RATE_BY_LINK = "10 per minute"  # each computes a hash
_SALT = "nexus new password"


def make_reset_link(person: User) -> str:
    """A token with which its holder can set a new password for `person`, for `RESET_LINK_AGE`."""
    return str(link_serializer(_SALT).dumps([person.id, _mark_of(person)]))


def user_of_link(token: str) -> User:
    """The user whose password a token (may be empty) resets. Raises `LinkRefused`."""
    try:
        number, mark = link_serializer(_SALT).loads(token, max_age=RESET_LINK_AGE)
    except SignatureExpired as error:
        raise LinkRefused("expired") from error
    except BadSignature as error:
        raise LinkRefused("invalid") from error
    person: User | None = db.session.get(User, number)
    if person is None:
        raise LinkRefused("invalid")
    if not hmac.compare_digest(mark, _mark_of(person)):
        raise LinkRefused("used")
    if not person.is_enabled:
        raise LinkRefused("disabled")
    return person


def reset_password(token: str, password: str) -> User:
    """Give the token's person a new password and end their sessions.

    Raises `LinkRefused`, `AccountRefused`, `LimitReached`.
    """
    person = user_of_link(token)
    count_attempt(RESET_RATE_BY_LINK, "link for a new password", person.id)
    check_password(password, names=(person.username, person.email or ""))
    stored = hash_password(password)  # slow on purpose: not while others wait for the lock
    with write_transaction() as session:
        lock_users(session)
        # Checked again under the lock: of two who use it at once, one comes first.
        person = user_of_link(token)
        person.password_hash = stored
        end_all_sessions(session, person)
    return person


def _mark_of(person: User) -> str:
    """A value that changes with the password and reveals nothing about it."""
    return sha256(f"{_SALT} {person.password_hash}".encode()).hexdigest()[:32]

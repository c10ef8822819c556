"""Links that confirm an e-mail address, which only its owner receives.

A link is bound to one person and one address, and isn’t stored.
"""

import hmac
from hashlib import sha256

from itsdangerous import BadSignature, SignatureExpired
from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.accounts.credentials.emails import email_key, plain_address
from wiki.accounts.errors import ConfirmationRefused
from wiki.accounts.models import User
from wiki.accounts.users import lock_users
from wiki.database import db, utcnow, write_transaction
from wiki.web.signing import link_serializer

CONFIRMATION_AGE = 7 * 24 * 3600  # seconds; some people read their mail once a week
_SALT = "nexus e-mail confirmation"


def make_confirmation_link(person: User) -> str:
    """A token that confirms the current address of `person` within `CONFIRMATION_AGE`."""
    return str(link_serializer(_SALT).dumps([person.id, _mark_of(person)]))


def user_of_confirmation(token: str) -> User:
    """The user whose address a token confirms, even if it is confirmed already.

    The token may be empty. Raises `ConfirmationRefused`.
    """
    try:
        number, mark = link_serializer(_SALT).loads(token, max_age=CONFIRMATION_AGE)
    except SignatureExpired as error:
        raise ConfirmationRefused("expired") from error
    except BadSignature as error:
        raise ConfirmationRefused("invalid") from error
    person: User | None = db.session.get(User, number)
    if person is None:
        raise ConfirmationRefused("invalid")
    if not hmac.compare_digest(mark, _mark_of(person)):
        raise ConfirmationRefused("replaced")
    if not person.is_enabled:
        raise ConfirmationRefused("disabled")
    return person


def confirm_email(token: str) -> User:
    """Confirm the address that a token is for; repeating it does no harm.

    The person can sign in with the address from now on, unless somebody else has confirmed it
    before. Raises `ConfirmationRefused`.
    """
    with write_transaction() as session:
        lock_users(session)
        person = user_of_confirmation(token)
        if person.email_confirmed_at is None:
            person.email_confirmed_at = utcnow()
            take_over_key(session, person)
    return person


def take_over_key(session: Session, person: User) -> None:
    """Let `person` sign in with their address, instead of the account that entered it first."""
    key = email_key(person.email or "")
    holder = session.scalar(select(User).where(User.email_key == key, User.id != person.id))
    if holder is not None:
        if holder.email_confirmed_at is not None:
            return
        holder.email_key = None
        session.flush()
    person.email_key = key


def _mark_of(person: User) -> str:
    """A value that changes with the address, so that the link doesn’t contain it."""
    return sha256(f"{_SALT} {plain_address(person.email or '')}".encode()).hexdigest()[:32]

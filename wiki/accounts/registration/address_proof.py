"""Links that prove an e-mail address before there is an account, where domains may register.

A link carries the address, signed, and is stored nowhere. Without an account that waits for its
confirmation, nobody can take a name for an address that isn't theirs.
"""

from datetime import timedelta

from itsdangerous import BadSignature, SignatureExpired
from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.accounts.authentication.login_limits import limit_registration
from wiki.accounts.credentials.emails import clean_email, email_key
from wiki.accounts.errors import AccountRefused, RegistrationClosed
from wiki.accounts.mails import REGISTER, count_confirmation
from wiki.accounts.models import User
from wiki.accounts.registration_settings import REGISTRATION_DOMAINS
from wiki.database import db, write_transaction
from wiki.mail.queue import enqueue
from wiki.web.signing import link_serializer

PROOF_AGE = 24 * 3600  # seconds; some mail is slow
_SALT = "nexus address that registers"


def mail_proof(address: str) -> str:
    """Mail a link with which `address` can register; returns the address as it was cleaned.

    The answer is the same for one that has an account, which the mail then says. Raises
    `LimitReached`, and `AccountRefused`: `email` is `empty`, `not-an-address` or `not-admitted`.
    """
    cleaned = clean_email(address)
    if cleaned is None:
        raise AccountRefused(email="empty")
    if not REGISTRATION_DOMAINS.current().admit(cleaned):
        raise AccountRefused(email="not-admitted")
    with limit_registration(is_numbered=False):
        count_confirmation(cleaned)
        with write_transaction() as session:
            enqueue(session, REGISTER, cleaned, valid_for=timedelta(seconds=PROOF_AGE))
    return cleaned


def make_proof(address: str) -> str:
    """A token that proves to `proven_address` that its holder reads the mail of `address`."""
    return str(link_serializer(_SALT).dumps(address))


def proven_address(token: str) -> str:
    """The address that a token proves; empty without one. Raises `RegistrationClosed`."""
    if not token:
        return ""
    try:
        return str(link_serializer(_SALT).loads(token, max_age=PROOF_AGE))
    except SignatureExpired as error:
        raise RegistrationClosed("link-expired") from error
    except BadSignature as error:
        raise RegistrationClosed("link-invalid") from error


def has_account(address: str, session: Session | None = None) -> bool:
    """Whether somebody has confirmed `address` as theirs."""
    query = select(User.id).where(
        User.email_key == email_key(address), User.email_confirmed_at.is_not(None)
    )
    return (session or db.session).scalar(query) is not None

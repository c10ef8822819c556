"""Links that prove an e-mail address before registration, if only certain domains may register.

A link contains the signed address and isn’t stored. Because there is no unconfirmed account,
nobody can reserve a name with somebody else’s address.
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

PROOF_AGE = 24 * 3600  # seconds; mail may be slow
_SALT = "nexus address that registers"


def mail_proof(address: str) -> str:
    """Mail a link for registering with `address`; returns the normalized address.

    The response is the same for an address that has an account; the mail then says so. Raises
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
    """A token that proves to `proven_address` that its holder receives mail for `address`."""
    return str(link_serializer(_SALT).dumps(address))


def proven_address(token: str) -> str:
    """The address that a token proves; empty without a token. Raises `RegistrationClosed`."""
    if not token:
        return ""
    try:
        return str(link_serializer(_SALT).loads(token, max_age=PROOF_AGE))
    except SignatureExpired as error:
        raise RegistrationClosed("link-expired") from error
    except BadSignature as error:
        raise RegistrationClosed("link-invalid") from error


def has_account(address: str, session: Session | None = None) -> bool:
    """Whether somebody has confirmed `address`."""
    query = select(User.id).where(
        User.email_key == email_key(address), User.email_confirmed_at.is_not(None)
    )
    return (session or db.session).scalar(query) is not None

"""Mails to people about their account, queued in the transaction of what they tell of.

Each takes effect only where a mail server is set. What they say is made when they are sent:
`wiki.accounts.mail_values`.
"""

from datetime import timedelta
from hashlib import sha256

from sqlalchemy import delete
from sqlalchemy.orm import Session

from wiki.accounts.credentials.emails import email_key
from wiki.accounts.models import User
from wiki.mail.models import Mail
from wiki.mail.queue import can_mail, enqueue
from wiki.rate_limits import LimitReached, count_attempt

CONFIRM_EMAIL = "confirm-email"
REGISTER = "register"
RESET_PASSWORD = "reset-password"  # noqa: S105  # the name of a mail
PASSWORD_CHANGED = "password-changed"  # noqa: S105
EMAIL_CHANGED = "email-changed"

MAILED_LINK_AGE = 3600  # seconds that a mailed link for a new password works
CONFIRMATION_RATE = "5 per day"  # to one address, whoever asks for it: nobody is flooded


def count_confirmation(address: str) -> None:
    """Count a mail that asks whether `address` is somebody's. Raises `LimitReached`."""
    key = sha256(email_key(address).encode("utf-8", "replace")).hexdigest()
    count_attempt(CONFIRMATION_RATE, "confirmation to", key)


def may_confirm(address: str | None) -> bool:
    """Whether a link can be mailed to `address` now; it then counts as mailed."""
    if not address or not can_mail():
        return False
    try:
        count_confirmation(address)
    except LimitReached:
        return False
    return True


def queue_confirmation(session: Session, person: User) -> None:
    """Mail `person` a link that confirms their address. They must have an id."""
    if person.email:
        enqueue(session, CONFIRM_EMAIL, person.email, user=person.id)


def queue_reset(session: Session, person: User | None) -> None:
    """Mail `person` a link for a new password; for nobody, it takes the same time.

    Only an address that was confirmed gets one: another may be somebody else's.
    """
    known = person if person is not None and _is_reachable(person) else None
    enqueue(
        session,
        RESET_PASSWORD,
        (known.email or "") if known else "",
        valid_for=timedelta(seconds=MAILED_LINK_AGE),
        user=known.id if known else None,
    )


def queue_password_notice(session: Session, person: User) -> None:
    """Tell `person` that their password was changed."""
    if _is_reachable(person) and person.email:
        enqueue(session, PASSWORD_CHANGED, person.email, user=person.id)


def queue_email_notice(session: Session, person: User) -> None:
    """Tell the present address of `person`, before it is changed, that it will no longer be."""
    if person.email and person.email_confirmed_at is not None:
        enqueue(session, EMAIL_CHANGED, person.email, user=person.id)


def discard_mails(session: Session, person: User) -> None:
    """Delete what was ever queued for `person`, at earlier addresses too, sent or not."""
    is_theirs = Mail.parameters["user"].as_integer() == person.id
    if person.email:
        is_theirs |= Mail.recipient == person.email
    session.execute(delete(Mail).where(is_theirs))


def _is_reachable(person: User) -> bool:
    return person.is_enabled and person.email_confirmed_at is not None

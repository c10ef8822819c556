"""Mails to people about their account, queued in the transaction of the change they report.

Functions do nothing without a mail server. `wiki.accounts.mail_values` computes the contents
when a mail is sent.
"""

from datetime import timedelta
from hashlib import sha256

from flask import has_request_context
from flask_login import current_user
from sqlalchemy import and_, delete
from sqlalchemy.orm import Session

from wiki.accounts.credentials.emails import email_key
from wiki.accounts.models import User
from wiki.mail.models import Mail
from wiki.mail.queue import enqueue
from wiki.mail.sender_settings import can_mail
from wiki.rate_limits import Attempt, LimitReached, address_key, count_attempt

CONFIRM_EMAIL = "confirm-email"
REGISTER = "register"
RESET_PASSWORD = "reset-password"  # noqa: S105  # the name of a mail
PASSWORD_CHANGED = "password-changed"  # noqa: S105
EMAIL_CHANGED = "email-changed"
ACCOUNT_MERGED = "account-merged"

MAILED_LINK_AGE = 3600  # seconds that a mailed password reset link is valid
CONFIRMATION_RATE = "5 per day"  # to one address, by one user or from one network
# To one address, by anybody; beyond it, somebody is being flooded, and each network gets one.
CONFIRMATION_RATE_BY_ALL = "20 per day"
CONFIRMATION_RATE_UNDER_ATTACK = "1 per day"


def count_confirmation(address: str) -> None:
    """Count a confirmation mail to `address`. Raises `LimitReached`.

    Requests by others never keep people from confirming their own address.
    """
    key = sha256(email_key(address).encode("utf-8", "replace")).hexdigest()
    if not has_request_context():
        return  # commands of the host aren't limited
    if current_user.is_authenticated:
        count_attempt(CONFIRMATION_RATE, "confirmation to", key, "by", current_user.id)
        return
    rate, by_all = CONFIRMATION_RATE, Attempt()
    try:
        by_all = count_attempt(CONFIRMATION_RATE_BY_ALL, "confirmation to", key)
    except LimitReached:
        rate = CONFIRMATION_RATE_UNDER_ATTACK
    try:
        count_attempt(rate, "confirmation to", key, "from", address_key())
    except LimitReached:
        by_all.give_back()
        raise


def may_confirm(address: str | None) -> bool:
    """Whether a link can be mailed to `address` now; if so, it is counted."""
    if not address or not can_mail():
        return False
    try:
        count_confirmation(address)
    except LimitReached:
        return False
    return True


def queue_confirmation(session: Session, person: User) -> None:
    """Queue a mail with a confirmation link for `person`, who must have an id."""
    if person.email:
        enqueue(session, CONFIRM_EMAIL, person.email, user=person.id)


def queue_reset(session: Session, person: User | None) -> None:
    """Queue a mail with a password reset link; for `None`, it only takes the same time.

    Only a confirmed address gets one, since another may belong to somebody else.
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
    """Queue a notice to `person` that their password was changed."""
    if _is_reachable(person) and person.email:
        enqueue(session, PASSWORD_CHANGED, person.email, user=person.id)


def queue_email_notice(session: Session, person: User) -> None:
    """Queue a notice to the current address of `person` that it is about to be replaced."""
    if person.email and person.email_confirmed_at is not None:
        enqueue(session, EMAIL_CHANGED, person.email, user=person.id)


def queue_merge_notice(session: Session, person: User, merged: str, address: str | None) -> None:
    """Queue a notice to `person`, and to the address of the account `merged` if it has one."""
    own = person.email if _is_reachable(person) else None
    for recipient in dict.fromkeys(filter(None, (own, address))):
        enqueue(session, ACCOUNT_MERGED, recipient, user=person.id, merged=merged)


def discard_mails(session: Session, person: User) -> None:
    """Delete all mails ever queued for `person`, including sent ones and those to former
    addresses.
    """
    user = Mail.parameters["user"].as_integer()
    is_theirs = user == person.id
    if person.email:
        # Somebody else may have entered the same address, unconfirmed.
        is_theirs |= and_(Mail.recipient == person.email, user.is_(None))
    session.execute(delete(Mail).where(is_theirs))


def _is_reachable(person: User) -> bool:
    return person.is_enabled and person.email_confirmed_at is not None

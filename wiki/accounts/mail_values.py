"""The contents of mails about accounts, computed when they are sent.

Each function takes the parameters with which a mail was queued, and returns template variables,
or `None` if the mail is obsolete.
"""

from collections.abc import Mapping
from typing import Any

from wiki.accounts import mails
from wiki.accounts.authentication.password_reset import make_mailed_link
from wiki.accounts.email_confirmation import CONFIRMATION_AGE, make_confirmation_link
from wiki.accounts.models import User
from wiki.accounts.registration.address_proof import PROOF_AGE, has_account, make_proof
from wiki.database import db
from wiki.web.base_url import external_url


def confirmation_values(parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """For confirming an address: name, link, days; `None` if it is confirmed or no longer used."""
    person = _user_of(parameters)
    if person is None or person.email_confirmed_at is not None:
        return None
    link = external_url("accounts.confirm_address", link=make_confirmation_link(person))
    return {"username": person.username, "link": link, "days": CONFIRMATION_AGE // 86_400}


def register_values(parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """For registering: a link and the hours it is valid.

    An address that has an account gets a link to the sign-in page.
    """
    address = parameters["recipient"]
    if has_account(address):
        return {"link": external_url("accounts.login"), "has_account": True}
    link = external_url("accounts.register", address=make_proof(address))
    return {"link": link, "hours": PROOF_AGE // 3600}


def reset_values(parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """For a password reset: name, link and minutes; `None` without a confirmed address."""
    person = _user_of(parameters)
    if person is None or person.email_confirmed_at is None:
        return None
    link = external_url("accounts.new_password", link=make_mailed_link(person))
    return {"username": person.username, "link": link, "minutes": mails.MAILED_LINK_AGE // 60}


def password_notice_values(parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """For the notice of a new password: name and link; `None` if the account is gone."""
    person = db.session.get(User, parameters["user"])
    link = external_url("accounts.forgotten_password")
    return {"username": person.username, "link": link} if person else None


def email_notice_values(parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """For the notice of a new address: the name; `None` if the account is gone."""
    person = db.session.get(User, parameters["user"])
    return {"username": person.username} if person else None


def merge_notice_values(parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """For the notice of merged accounts: names and link; `None` if nobody can sign in any more."""
    person = db.session.get(User, parameters["user"])
    if person is None or not person.is_enabled:
        return None
    link = external_url("accounts.login")
    return {"username": person.username, "merged": parameters["merged"], "link": link}


def _user_of(parameters: Mapping[str, Any]) -> User | None:
    """The user, if the recipient is still their address and they may sign in."""
    person: User | None = db.session.get(User, parameters["user"])
    if person is None or not person.is_enabled or person.email != parameters["recipient"]:
        return None
    return person


MAILS = {
    mails.CONFIRM_EMAIL: confirmation_values,
    mails.REGISTER: register_values,
    mails.RESET_PASSWORD: reset_values,
    mails.PASSWORD_CHANGED: password_notice_values,
    mails.EMAIL_CHANGED: email_notice_values,
    mails.ACCOUNT_MERGED: merge_notice_values,
}

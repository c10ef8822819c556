"""Closing an account permanently: contributions stay; the name and everything private are
deleted.
"""

import secrets

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.authentication.reauthentication import check_current_password
from wiki.accounts.credentials.passwords import hash_password
from wiki.accounts.mails import discard_mails
from wiki.accounts.models import LoginSession, Membership, MergedAccount, Role, User
from wiki.accounts.openid.models import ExternalIdentity
from wiki.accounts.passkeys.models import Passkey
from wiki.accounts.privacy.former_names import FORMER_MEMBER, retire_name
from wiki.accounts.privacy.personal_data import personal_data
from wiki.accounts.second_factor.factor import delete_second_factor
from wiki.accounts.tokens.models import AccessToken
from wiki.accounts.users import (
    end_all_sessions,
    ensure_administrator_remains,
    lock_users,
    revoke_invitations_by,
)
from wiki.database import overwrite_deleted, utcnow, write_transaction
from wiki.i18n import lazy as _l

register_actions({"account-closed": _l("Account closed")})

# What belongs to a user alone.
_PRIVATE = (AccessToken, ExternalIdentity, LoginSession, Membership, Passkey)


def close_account(person: User, current_password: str) -> None:
    """Close the account of `person` permanently.

    Raises `AccountRefused`, `LimitReached`, `LastAdministrator`.
    """
    number = person.id
    check_current_password(person, current_password)
    nobodys = hash_password(secrets.token_urlsafe(32))
    with write_transaction() as session:
        overwrite_deleted(session)
        lock_users(session)
        person = session.get_one(User, number)
        ensure_administrator_remains(session, person)
        _delete_private(session, person)
        retire_name(session, person, leads_to=None)
        person.username = person.username_key = f"{FORMER_MEMBER}{number}"
        person.username_skeleton = None
        person.email = person.email_key = person.email_confirmed_at = None
        person.timezone = None
        person.password_hash = nobodys
        person.role, person.is_enabled, person.closed_at = Role.READER, False, utcnow()
        for merged in session.scalars(_merged_into(number)):
            merged.username = f"{FORMER_MEMBER}{merged.id}"
        log_event(session, "account-closed", by=number, about=number)


def _merged_into(number: int) -> Select[User]:
    """The rows of accounts merged into this one, whose names the audit log still shows."""
    merged = select(MergedAccount.user_id).where(MergedAccount.into_id == number)
    return select(User).where(User.id.in_(merged))


def _delete_private(session: Session, person: User) -> None:
    end_all_sessions(session, person)
    revoke_invitations_by(session, person.id, by=person.id)
    discard_mails(session, person)
    delete_second_factor(session, person.id)
    for table in _PRIVATE:
        session.execute(delete(table).where(table.user_id == person.id))
    for feature in personal_data():
        feature.forget(session, person.id)

"""Ensures that an account keeps at least one sign-in method."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wiki.accounts.errors import LastSignInMethod
from wiki.accounts.models import User
from wiki.accounts.openid.models import ExternalIdentity
from wiki.accounts.passkeys.models import Passkey
from wiki.app_state import current_settings


def check_other_sign_in_method(session: Session, leaving: ExternalIdentity | Passkey) -> None:
    """Raises `LastSignInMethod` if the user couldn’t sign in without `leaving`.

    Other methods are a password, a passkey, or an identity at the configured provider. Users
    must be locked.
    """
    person = session.get_one(User, leaving.user_id)
    if person.password_hash is not None:
        return
    provider = current_settings().openid_provider
    identities = select(func.count()).where(
        ExternalIdentity.user_id == person.id,
        ExternalIdentity.issuer == (provider.issuer if provider else ""),
    )
    keys = select(func.count()).where(Passkey.user_id == person.id)
    if isinstance(leaving, Passkey):
        keys = keys.where(Passkey.id != leaving.id)
    else:
        identities = identities.where(ExternalIdentity.id != leaving.id)
    if not (session.scalar(identities) or session.scalar(keys)):
        raise LastSignInMethod

"""The ways in which somebody signs in. An account keeps at least one of them."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wiki.accounts.errors import LastWayIn
from wiki.accounts.models import User
from wiki.accounts.openid.models import ExternalIdentity
from wiki.accounts.passkeys.models import Passkey
from wiki.app_state import current_settings


def check_other_way_in(session: Session, leaving: ExternalIdentity | Passkey) -> None:
    """Raises `LastWayIn` if nobody could sign in without `leaving`; users are to be locked.

    There is a password, a passkey, or an identity of the provider by which people sign in now.
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
        raise LastWayIn

"""The stored passkeys of a user."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from wiki.accounts.audit_log import log_event
from wiki.accounts.passkeys.models import Passkey
from wiki.database import db


def passkeys_of(person_id: int) -> Sequence[Passkey]:
    """The passkeys of a user, newest first."""
    query = select(Passkey).where(Passkey.user_id == person_id).order_by(Passkey.id.desc())
    return db.session.scalars(query).all()


def remove_passkeys_of(session: Session, person_id: int, *, by: int | None) -> None:
    """Remove all passkeys of a user, in the caller's transaction."""
    removed = delete(Passkey).where(Passkey.user_id == person_id).returning(Passkey.name)
    for name in session.scalars(removed).all():
        log_event(session, "passkey-removed", by=by, about=person_id, subject=name)

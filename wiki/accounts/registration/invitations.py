"""Invitations, and who may register: everybody, those invited, or nobody."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from itsdangerous import BadSignature, SignatureExpired
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from wiki.accounts.errors import RegistrationClosed
from wiki.accounts.models import Invitation
from wiki.app_state import current_settings
from wiki.database import db, utcnow, write_transaction
from wiki.web.signing import link_serializer

DEFAULT_DAYS = 7  # by default; enough for a class that meets weekly
MAX_DAYS = 366
MAX_USES = 10_000
NOTE_LIMIT = 120  # characters
# Links of earlier versions are signed, and stored nowhere until somebody uses one.
_SALT = "nexus invitation"
_MEANING = "register"


class InvitationNotFound(LookupError):
    """There is no such invitation."""


@dataclass(frozen=True, slots=True)
class InvitationTerms:
    """A label for an invitation, how many may register with it (`None`: any), and for how long."""

    note: str = ""
    allowed: int | None = None
    days: int = DEFAULT_DAYS


def create_invitation(terms: InvitationTerms = InvitationTerms(), *, by: int | None = None) -> str:
    """A token with which its holders can register on these terms. Stored only as a hash."""
    token = secrets.token_urlsafe(18)
    now = utcnow()
    with write_transaction() as session:
        session.add(
            Invitation(
                token_hash=_hash(token),
                note=terms.note.strip()[:NOTE_LIMIT],
                made_by_id=by,
                made_at=now,
                ends_at=now + timedelta(days=terms.days),
                allowed=terms.allowed,
            )
        )
    return token


def invitations(*, offset: int = 0, limit: int | None = None) -> Sequence[Invitation]:
    """All invitations and their makers, the newest first."""
    query = select(Invitation).options(joinedload(Invitation.made_by))
    query = query.order_by(Invitation.id.desc()).offset(offset).limit(limit)
    return db.session.scalars(query).all()


def count_invitations() -> int:
    return db.session.scalar(select(func.count()).select_from(Invitation)) or 0


def revoke_invitation(number: int) -> Invitation:
    """End an invitation. Raises `InvitationNotFound`."""
    with write_transaction() as session:
        found = session.get(Invitation, number)
        if found is None:
            raise InvitationNotFound(number)
        found.revoked_at = found.revoked_at or utcnow()
    return found


def check_invitation(token: str) -> bool:
    """Whether `token` (may be empty) is a valid invitation.

    Raises `RegistrationClosed` when it isn't, and one is needed.
    """
    mode = current_settings().registration
    if mode == "closed":
        raise RegistrationClosed("closed")
    reason = invitation_problem(token)
    if reason and mode == "invite":
        raise RegistrationClosed(reason)
    return not reason


def invitation_problem(token: str) -> str | None:
    """Why nobody can register with `token`; `None` when it is valid."""
    if not token:
        return "invite"
    known = db.session.scalar(select(Invitation).where(Invitation.token_hash == _hash(token)))
    if known is not None:
        return None if known.state == "open" else known.state
    try:
        _signing_time(token)
    except RegistrationClosed as closed:
        return closed.reason
    return None


def use_invitation(session: Session, token: str) -> int | None:
    """Count a registration with `token`, in the caller's transaction.

    Returns the invitation's id, `None` without one. Raises `RegistrationClosed` if it has ended
    meanwhile and one is needed.
    """
    if not check_invitation(token):
        return None
    number = session.scalar(
        update(Invitation)
        .where(
            Invitation.token_hash == _hash(token),
            Invitation.revoked_at.is_(None),
            Invitation.ends_at > utcnow(),
            or_(Invitation.allowed.is_(None), Invitation.used < Invitation.allowed),
        )
        .values(used=Invitation.used + 1)
        .returning(Invitation.id)
    )
    return number or _adopt_signed_link(session, token)


def _adopt_signed_link(session: Session, token: str) -> int:
    """Store a link of an earlier version, so that it is listed, counted and can be revoked."""
    made_at = _signing_time(token)
    found = Invitation(
        token_hash=_hash(token),
        made_at=made_at,
        ends_at=made_at + timedelta(days=DEFAULT_DAYS),
        used=1,
    )
    session.add(found)
    session.flush()
    return found.id


def _signing_time(token: str) -> datetime:
    """When an earlier version made this link. Raises `RegistrationClosed`."""
    try:
        meaning, made_at = link_serializer(_SALT).loads(
            token, max_age=DEFAULT_DAYS * 86_400, return_timestamp=True
        )
    except SignatureExpired as error:
        raise RegistrationClosed("expired") from error
    except BadSignature as error:
        raise RegistrationClosed("invalid") from error
    if meaning != _MEANING:
        raise RegistrationClosed("invalid")
    signed_at: datetime = made_at.astimezone(UTC)
    return signed_at


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()

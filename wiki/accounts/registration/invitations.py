"""Invitations: links for registering."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from flask import url_for
from itsdangerous import BadSignature, SignatureExpired
from sqlalchemy import ColumnElement, func, or_, select, true, update
from sqlalchemy.orm import Session, joinedload, selectinload

from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.errors import RegistrationClosed
from wiki.accounts.models import Group, Invitation, InvitationGroup, Role
from wiki.database import db, utcnow, write_transaction
from wiki.i18n import lazy as _l
from wiki.naming import path_key
from wiki.web.signing import link_serializer

DEFAULT_DAYS = 7  # enough for a class that meets weekly
MAX_DAYS = 366
MAX_USES = 10_000
NOTE_LIMIT = 120  # characters
# Not administrators, since a link may be passed on.
INVITED_ROLES = (
    Role.READER,
    Role.LEARNER,
    Role.MENTOR,
)
# Links of earlier versions are signed, and stored only once they are used.
_SALT = "nexus invitation"
_MEANING = "register"

register_actions(
    {"invitation": _l("Invitation created"), "invitation-revoked": _l("Invitation revoked")}
)


class InvitationNotFound(LookupError):
    """There is no such invitation."""


class UnknownGroup(LookupError):
    """There is no group with this id or name."""


@dataclass(frozen=True, slots=True)
class InvitationTerms:
    """The name of an invitation, what it grants, and to whom.

    `allowed` people (`None` for any number) may register with it within `days`. They get `role`,
    one of `INVITED_ROLES`, and join the groups with the ids in `groups`.
    """

    note: str = ""
    allowed: int | None = None
    days: int = DEFAULT_DAYS
    role: Role = Role.LEARNER
    groups: frozenset[int] = frozenset()


def create_invitation(terms: InvitationTerms = InvitationTerms(), *, by: int | None = None) -> str:
    """A token with which people can register on these terms; only its hash is stored.

    Raises `UnknownGroup`.
    """
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
                role=terms.role,
                groups=_groups(session, terms.groups),
            )
        )
        log_event(session, "invitation", by=by, subject=terms.note)
    return token


def invitation_link(token: str) -> str:
    """The absolute URL for registering with `token`."""
    return url_for("accounts.register", invite=token, _external=True)


def _groups(session: Session, ids: frozenset[int]) -> list[Group]:
    """Raises `UnknownGroup`."""
    found = list(session.scalars(select(Group).where(Group.id.in_(ids))))
    if missing := ids - {group.id for group in found}:
        raise UnknownGroup(min(missing))
    return found


def group_ids(names: Iterable[str]) -> frozenset[int]:
    """The ids of the groups with these names. Raises `UnknownGroup`."""
    found = set()
    for name in names:
        number = db.session.scalar(select(Group.id).where(Group.key == path_key(name)))
        if number is None:
            raise UnknownGroup(name)
        found.add(number)
    return frozenset(found)


def invitations(
    *, group_id: int | None = None, offset: int = 0, limit: int | None = None
) -> Sequence[Invitation]:
    """Invitations with their creators and groups, newest first; all, or those into one group."""
    query = select(Invitation).where(_leads_into(group_id))
    query = query.options(joinedload(Invitation.made_by), selectinload(Invitation.groups))
    query = query.order_by(Invitation.id.desc()).offset(offset).limit(limit)
    return db.session.scalars(query).all()


def count_invitations(*, group_id: int | None = None) -> int:
    """The number of invitations, in total or into one group."""
    query = select(func.count()).select_from(Invitation).where(_leads_into(group_id))
    return db.session.scalar(query) or 0


def revoke_invitation(
    number: int, *, by: int | None = None, group_id: int | None = None
) -> Invitation:
    """Revoke an invitation; with `group_id`, only one into that group.

    Raises `InvitationNotFound`.
    """
    with write_transaction() as session:
        query = select(Invitation).where(Invitation.id == number, _leads_into(group_id))
        found: Invitation | None = session.scalar(query)
        if found is None:
            raise InvitationNotFound(number)
        found.revoked_at = found.revoked_at or utcnow()
        log_event(session, "invitation-revoked", by=by, subject=found.note)
    return found


def revoke_invitations_into(session: Session, group_id: int) -> None:
    """Revoke all invitations into a group, in the caller’s transaction."""
    into = update(Invitation).where(_leads_into(group_id), Invitation.revoked_at.is_(None))
    session.execute(into.values(revoked_at=utcnow()))


def _leads_into(group_id: int | None) -> ColumnElement[bool]:
    if group_id is None:
        return true()
    into = select(InvitationGroup.invitation_id).where(InvitationGroup.group_id == group_id)
    return Invitation.id.in_(into)


def invitation_problem(token: str) -> str | None:
    """Why nobody can register with `token`; `None` if it is valid."""
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


def has_number(token: str) -> bool:
    """Whether an invitation is limited to a number of people."""
    query = select(Invitation.allowed).where(Invitation.token_hash == _hash(token))
    return db.session.scalar(query) is not None


def use_invitation(session: Session, token: str) -> Invitation:
    """Count a registration with `token`, in the caller’s transaction.

    Returns the invitation with its groups. Raises `RegistrationClosed`.
    """
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
    if number is None:
        return _adopt_signed_link(session, token)
    query = select(Invitation).where(Invitation.id == number)
    fresh = query.options(selectinload(Invitation.groups)).execution_options(populate_existing=True)
    return session.scalars(fresh).one()


def _adopt_signed_link(session: Session, token: str) -> Invitation:
    """Store a link of an earlier version, so that it is listed, counted and can be revoked."""
    made_at = _signing_time(token)
    found = Invitation(
        token_hash=_hash(token),
        made_at=made_at,
        ends_at=made_at + timedelta(days=DEFAULT_DAYS),
        used=1,
        role=Role.LEARNER,
        groups=[],
    )
    session.add(found)
    session.flush()
    return found


def _signing_time(token: str) -> datetime:
    """When an earlier version created this link. Raises `RegistrationClosed`."""
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

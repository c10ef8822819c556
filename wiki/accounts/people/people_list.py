"""The list of people for administrators: searched, filtered, with groups and last visits."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from wiki.accounts.blocking.models import IS_BLOCKED, Block, is_active
from wiki.accounts.credentials.emails import email_key
from wiki.accounts.credentials.usernames import username_key
from wiki.accounts.models import IS_NOT_MERGED, AuditEvent, Group, LoginSession, Membership, User
from wiki.database import UTCDateTime, db, utcnow

# Ended sessions are deleted after some time, but sign-ins stay in the audit log.
_SESSION = (
    select(func.max(LoginSession.used_at)).where(LoginSession.user_id == User.id).scalar_subquery()
)
_SIGN_IN = (
    select(func.max(AuditEvent.at))
    .where(AuditEvent.by_id == User.id, AuditEvent.action == "sign-in")
    .scalar_subquery()
)
_SEEN = func.coalesce(_SESSION, _SIGN_IN, type_=UTCDateTime()).label("seen_at")

_LISTED = (
    *(User.id, User.username, User.email, User.role, User.is_enabled),
    *(IS_BLOCKED.label("is_blocked"), User.created_at),
)


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people to list: by part of a name or address, role, group or state.

    `state` is `disabled`, `blocked`, `never` (has never signed in) or empty. `order` is `seen`
    (most recent visit first), `unseen` (the reverse, starting with people who have never been
    here), or empty for the order of registration.
    """

    query: str = ""
    role: str = ""
    group_id: int | None = None
    state: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A person in the list."""

    username: str
    email: str | None
    role: str
    is_enabled: bool
    is_blocked: bool
    created_at: datetime
    seen_at: datetime | None  # to the hour
    groups: Sequence[str]


def count_people(wanted: PeopleFilter) -> int:
    """How many people match the filter."""
    query = select(func.count()).select_from(User).where(_matches(wanted))
    return db.session.scalar(query) or 0


def list_people(
    wanted: PeopleFilter, *, offset: int = 0, limit: int | None = None
) -> list[ListedPerson]:
    """People in the requested order, loaded in two statements regardless of their number."""
    rows = db.session.execute(
        select(*_LISTED, _SEEN)
        .where(_matches(wanted))
        .order_by(*_order(wanted.order), User.id)
        .offset(offset)
        .limit(limit),
        {"now": utcnow()},
    ).all()
    groups = _groups_of([row.id for row in rows])
    return [ListedPerson(*row[1:], groups=groups[row.id]) for row in rows]


def last_seen(user_id: int) -> datetime | None:
    """When somebody last used the wiki, to the hour; `None` if that is unknown."""
    seen: datetime | None = db.session.scalar(select(_SEEN).where(User.id == user_id))
    return seen


def _groups_of(ids: Sequence[int]) -> dict[int, list[str]]:
    rows = db.session.execute(
        select(Membership.user_id, Group.name)
        .join(Group, Group.id == Membership.group_id)
        .where(Membership.user_id.in_(ids))
        .order_by(Group.key)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for user_id, name in rows:
        found[user_id].append(name)
    return found


def _order(order: str) -> tuple[ColumnElement[Any], ...]:
    """Sorts missing values as the longest time ago, on every database."""
    if order == "seen":
        return _SEEN.element.is_(None), _SEEN.element.desc()
    if order == "unseen":
        return _SEEN.element.is_not(None), _SEEN.element
    return ()


def _matches(wanted: PeopleFilter) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [IS_NOT_MERGED]
    if wanted.query:
        # PostgreSQL accepts no NUL in text.
        written = wanted.query.replace("\0", "\ufffd")
        name, address = username_key(written), email_key(written)
        conditions.append(
            or_(
                User.username_key.contains(name, autoescape=True),
                func.lower(User.email).contains(address, autoescape=True),
            )
        )
    if wanted.role:
        conditions.append(User.role == wanted.role)
    if wanted.group_id is not None:
        theirs = (Membership.user_id == User.id, Membership.group_id == wanted.group_id)
        conditions.append(exists().where(*theirs))
    if wanted.state == "disabled":
        conditions.append(~User.is_enabled)
    elif wanted.state == "blocked":
        conditions.append(User.id.in_(select(Block.user_id).where(is_active())))
    elif wanted.state == "never":
        conditions.append(~exists().where(LoginSession.user_id == User.id))
        signed_in = (AuditEvent.by_id == User.id, AuditEvent.action == "sign-in")
        conditions.append(~exists().where(*signed_in))
    return and_(True, *conditions)

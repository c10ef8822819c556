"""The audit log: who did what, to whom, and from which network.

Rows are only added. The database refuses to delete one, and to change anything but `subject`,
where an erased phrase is blacked out. Each feature names the actions that it logs with
`register_actions`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network

from flask import has_request_context
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from wiki.accounts.models import AuditEvent, MergedAccount
from wiki.database import db
from wiki.i18n import Words
from wiki.rate_limits import address_key

SUBJECT_LIMIT = 200  # characters
BATCH = 500  # events read at once in an export
# The log is kept forever, so it stores networks rather than single addresses.
IPV4_PREFIX, IPV6_PREFIX = 24, 48

_ACTIONS: dict[str, Words] = {}


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events to list: those by or about a user, of one action, within a period.

    Events of accounts that were merged into the user’s are included.
    """

    person_id: int | None = None
    action: str = ""
    since: datetime | None = None
    before: datetime | None = None


def register_actions(labels: Mapping[str, Words]) -> None:
    """Register the actions of a feature, of at most 32 characters each, with their labels."""
    _ACTIONS.update(labels)


def actions() -> dict[str, Words]:
    """The label of every action, in the order of the labels."""
    return dict(sorted(_ACTIONS.items(), key=lambda item: str(item[1])))


def log_event(
    session: Session, action: str, *, by: int | None, about: int | None = None, subject: str = ""
) -> None:
    """Add an event to the log, in the transaction of the change that it records.

    `by` and `about` are user ids. Names don’t belong in `subject`, since they may change or be
    removed, and neither does anything secret or typed where somebody may type a password.
    """
    session.add(
        AuditEvent(
            action=action,
            by_id=by,
            about_id=about,
            subject=subject[:SUBJECT_LIMIT],
            network=_network_of_request(),
        )
    )


def events(
    wanted: EventFilter = EventFilter(), *, offset: int = 0, limit: int | None = None
) -> Sequence[AuditEvent]:
    """The events with their people, the newest first."""
    return db.session.scalars(_query(wanted).offset(offset).limit(limit)).all()


def next_events(wanted: EventFilter, *, before_id: int | None) -> Sequence[AuditEvent]:
    """The newest `BATCH` events, or those before `before_id`, for reading the whole log in
    batches.
    """
    query = _query(wanted)
    if before_id is not None:
        query = query.where(AuditEvent.id < before_id)
    return db.session.scalars(query.limit(BATCH)).all()


def count_events(wanted: EventFilter = EventFilter()) -> int:
    """How many events match the filter."""
    query = select(func.count()).select_from(AuditEvent).where(_matches(wanted))
    return db.session.scalar(query) or 0


def last_event(action: str, *, about: int | None = None) -> AuditEvent | None:
    """The last event of an action, optionally about one user."""
    query = select(AuditEvent).options(joinedload(AuditEvent.by))
    query = query.where(AuditEvent.action == action)
    if about is not None:
        query = query.where(AuditEvent.about_id == about)
    return db.session.scalar(query.order_by(AuditEvent.id.desc()).limit(1))


def _query(wanted: EventFilter) -> "Select[AuditEvent]":
    people = (joinedload(AuditEvent.by), joinedload(AuditEvent.about))
    query = select(AuditEvent).options(*people).where(_matches(wanted))
    return query.order_by(AuditEvent.id.desc())


def _matches(wanted: EventFilter) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.person_id is not None:
        merged = select(MergedAccount.user_id).where(MergedAccount.into_id == wanted.person_id)
        people = [wanted.person_id, *db.session.scalars(merged)]
        conditions.append(or_(AuditEvent.by_id.in_(people), AuditEvent.about_id.in_(people)))
    if wanted.action:
        conditions.append(AuditEvent.action == wanted.action)
    if wanted.since:
        conditions.append(AuditEvent.at >= wanted.since)
    if wanted.before:
        conditions.append(AuditEvent.at < wanted.before)
    return and_(True, *conditions)


def _network_of_request() -> str:
    """The network that the request came from; empty for a command."""
    if not has_request_context():
        return ""
    try:
        address = ip_network(address_key())
    except ValueError:
        return ""
    prefix = IPV4_PREFIX if address.version == 4 else IPV6_PREFIX
    return str(address.supernet(new_prefix=prefix))

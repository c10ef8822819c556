"""Queues the mails about notifications that are due."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from wiki.access.viewers import viewers_of
from wiki.accounts.models import User
from wiki.community.events import describe
from wiki.community.watching.inbox import EVENT_COLUMNS, event_of
from wiki.community.watching.models import (
    MailFrequency,
    Notification,
    NotificationPreferences,
    NotifiedEvent,
)
from wiki.database import db, utcnow, write_transaction
from wiki.mail.queue import enqueue
from wiki.mail.sender_settings import can_mail
from wiki.timezones import find_zone

NOTIFICATIONS = "notifications"  # the kind of mail
# Wait before an immediate mail, so that related events come together.
GATHERED_FOR = timedelta(minutes=1)
SENT_AT = time(8)  # time of day in the user's time zone
WEEKDAY = 0  # Monday
VALID_FOR = timedelta(days=3)
MAX_TOLD = 100  # events in one mail
PEOPLE_PER_TRANSACTION = 20
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class DueMails:
    """The mails that are due for one user.

    `taken` are the numbers of all events that needn't be mailed after this, `mails` those of each
    mail, by its thread, which is empty for a digest.
    """

    user_id: int
    address: str
    taken: Sequence[int]
    mails: Mapping[str, Sequence[int]]


def queue_due_mails() -> None:
    """Queue all mails that are due. Several notifiers may run this; each mail is queued once."""
    if not can_mail():
        return
    due: list[DueMails] = []
    for row, until in _due_people(utcnow()):
        due.append(_mails_for(row, until))
        if len(due) >= PEOPLE_PER_TRANSACTION:
            _queue(due)
            due = []
    _queue(due)


def last_due(now: datetime, frequency: str, zone: tzinfo) -> datetime:
    """The latest time at which a notification must have been created for its mail to be due.

    For a digest, this is the last regular time of sending before `now`, in the user's time `zone`.
    """
    if frequency == MailFrequency.AT_ONCE:
        return now - GATHERED_FOR
    here = now.astimezone(zone)
    day = here.date()
    if frequency == MailFrequency.WEEKLY:
        day -= timedelta(days=(day.weekday() - WEEKDAY) % 7)
    step = timedelta(days=7 if frequency == MailFrequency.WEEKLY else 1)
    sent_at = datetime.combine(day, SENT_AT, zone).astimezone(UTC)
    if sent_at > now:
        sent_at = datetime.combine(day - step, SENT_AT, zone).astimezone(UTC)
    return sent_at


def _due_people(now: datetime) -> list[tuple[Any, datetime]]:
    """Rows of users with due notifications, each with the `last_due` of that user."""
    waiting = (
        select(Notification.user_id, func.min(Notification.told_at).label("first"))
        .where(Notification.is_to_mail)
        .group_by(Notification.user_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            *(waiting.c.user_id, waiting.c.first, User.email, User.email_confirmed_at),
            *(User.timezone, NotificationPreferences.mail),
        )
        .join(User, User.id == waiting.c.user_id)
        .outerjoin(NotificationPreferences, NotificationPreferences.user_id == waiting.c.user_id)
        .order_by(waiting.c.user_id)  # the same lock order in all replicas
    ).all()
    found = []
    for row in rows:
        zone = (find_zone(row.timezone) if row.timezone else None) or UTC
        until = last_due(now, row.mail or MailFrequency.DAILY, zone)
        if row.first <= until:
            found.append((row, until))
    return found


def _mails_for(person: Any, until: datetime) -> DueMails:
    """The mails for a user: one per thread if sent immediately, else one digest."""
    is_at_once = person.mail == MailFrequency.AT_ONCE
    waits = [Notification.user_id == person.user_id, Notification.is_to_mail]
    if not is_at_once:  # an immediate mail includes the thread's newest events
        waits.append(Notification.told_at <= until)
    rows = db.session.execute(
        select(*EVENT_COLUMNS, Notification.read_at)
        .join(Notification, Notification.event_number == NotifiedEvent.number)
        .where(*waits)
        .order_by(NotifiedEvent.number)
    ).all()
    unread = [event_of(row) for row in rows if row.read_at is None]
    viewer = viewers_of([person.user_id]).get(person.user_id)
    mails: dict[str, list[int]] = {}
    if viewer is not None and not viewer.is_blocked and person.email_confirmed_at is not None:
        for number, described in describe(unread, viewer).items():
            mails.setdefault(described.thread if is_at_once else "", []).append(number)
    taken = [row.number for row in rows]
    return DueMails(person.user_id, person.email or "", taken, mails)


def _queue(due: Sequence[DueMails]) -> None:
    if not due:
        return
    with write_transaction() as session:
        for each in due:
            taken = _take(session, each)
            for thread, numbers in each.mails.items():
                included = [number for number in numbers if number in taken]
                if included and each.address:
                    _enqueue(session, each, thread, included)


def _enqueue(session: Session, due: DueMails, thread: str, numbers: Sequence[int]) -> None:
    enqueue(
        session,
        NOTIFICATIONS,
        due.address,
        valid_for=VALID_FOR,
        name=f"{name_of_thread(thread, due.user_id)}.{numbers[-1]}",
        user=due.user_id,
        events=list(numbers[-MAX_TOLD:]),
        more=max(0, len(numbers) - MAX_TOLD),
        thread=thread,
    )


def name_of_thread(thread: str, user_id: int) -> str:
    """The prefix of the Message-IDs of one conversation with one user."""
    return f"{_NOT_IN_ID.sub('-', thread)[:60] or 'digest'}.{user_id}"


def _take(session: Session, due: DueMails) -> set[int]:
    """Claim the notifications for these mails; returns the numbers that no other mail has."""
    taken: set[int] = set()
    for start in range(0, len(due.taken), 400):
        statement = (
            update(Notification)
            .where(
                Notification.user_id == due.user_id,
                Notification.event_number.in_(due.taken[start : start + 400]),
                Notification.is_to_mail,
            )
            .values(is_to_mail=False)
            .returning(Notification.event_number)
        )
        taken |= set(session.scalars(statement))
    return taken

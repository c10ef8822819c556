"""Fan-out: from an event to a notification for everybody who watches it or is addressed by it.

There is one row per person and event, so a repeated attempt stores nothing twice. That allows
writing ten thousand notifications in batches, between which others can write; the last batch is
written together with the new position in the outbox.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from wiki.access.permissions import Viewer, can_undelete
from wiki.access.rulebook import rulebook
from wiki.access.viewers import viewers_of
from wiki.accounts.models import MergedAccount, User
from wiki.community import events as community_events
from wiki.community.events import AboutPage, Event, EventKind, event_kinds
from wiki.community.notifier.registry import Consumer
from wiki.community.page_events import REVISION, tags_of
from wiki.community.watching import watches
from wiki.community.watching.models import (
    MailFrequency,
    Notification,
    NotificationPreferences,
    NotifiedEvent,
    WatchScope,
)
from wiki.community.watching.preferences import frequencies_of
from wiki.community.watching.watches import EVERYTHING, Target, TooManyWatches
from wiki.database import (
    db,
    in_batches,
    insert_into,
    is_postgresql,
    utcnow,
    write_transaction,
)
from wiki.mail.sender_settings import can_mail
from wiki.pages.models import Page, Revision

ROWS_PER_TRANSACTION = 500  # about 5 ms of the one writer's time on SQLite


@dataclass(frozen=True, slots=True)
class PendingNotification:
    """A notification of one user about one event, to be stored; `is_to_mail`: also by mail."""

    event: Event
    user_id: int
    is_to_mail: bool


def consume(events: Sequence[Event]) -> Callable[[Session], None] | None:
    """Notify everybody of these events; the function returned writes the last batch."""
    _watch_what_they_wrote(events)
    pages = _pages_of(events)
    addressed = community_events.addressees(events)
    about = community_events.pages_about(events)
    rows = iter(
        one
        for event in events
        for one in _notified_by(
            event,
            pages.get(event.page_id or 0),
            about.get(event.number, ()),
            addressed.get(event.number, ()),
        )
    )
    batch = list(islice(rows, ROWS_PER_TRANSACTION))
    while following := list(islice(rows, ROWS_PER_TRANSACTION)):
        with write_transaction() as session:
            store(session, batch)
        batch = following
    return (lambda session: store(session, batch)) if batch else None


NOTIFICATIONS = Consumer("notifications", consume)


def store(session: Session, batch: Sequence[PendingNotification]) -> None:
    """Store the notifications that aren't stored yet, and count them as unread."""
    if is_postgresql(session):  # the notifier of another replica could count the same ones
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(NOTIFICATIONS.name))))
    new = _not_there_yet(session, _as_people_are_now(session, batch))
    if not new:
        return
    events = {each.event.number: _row_of(each.event) for each in new}
    now = utcnow()
    rows = [
        {
            "user_id": each.user_id,
            "event_number": each.event.number,
            "told_at": now,
            "is_to_mail": each.is_to_mail,
        }
        for each in new
    ]
    # Before inserting rows that refer to users: merging accounts locks the table, then users.
    counts = Counter(each.user_id for each in new)
    for count in set(counts.values()):
        # In order of id, so that two transactions don't wait for each other.
        ids = sorted(user_id for user_id, of_user in counts.items() if of_user == count)
        for part in in_batches(ids):
            raised = {"unread_count": User.unread_count + count}
            session.execute(update(User).where(User.id.in_(part)).values(raised))
    connection = session.connection()
    connection.execute(
        insert_into(session, NotifiedEvent).on_conflict_do_nothing(), [*events.values()]
    )
    connection.execute(insert(Notification), rows)


def _not_there_yet(
    session: Session, batch: Sequence[PendingNotification]
) -> list[PendingNotification]:
    if not batch:
        return []
    there = {
        tuple(row)
        for numbers in in_batches(each.event.number for each in batch)
        for row in session.execute(
            select(Notification.event_number, Notification.user_id).where(
                Notification.event_number.in_(numbers),
                Notification.user_id.between(
                    min(each.user_id for each in batch), max(each.user_id for each in batch)
                ),
            )
        )
    }
    return [each for each in batch if (each.event.number, each.user_id) not in there]


def _as_people_are_now(
    session: Session, batch: Sequence[PendingNotification]
) -> list[PendingNotification]:
    """`batch` without accounts that were closed meanwhile, and with merged ones replaced."""
    accounts = (
        select(User.id, MergedAccount.into_id)
        .outerjoin(MergedAccount, MergedAccount.user_id == User.id)
        .where(or_(User.closed_at.is_(None), MergedAccount.into_id.is_not(None)))
    )
    ids = {each.user_id for each in batch} | {each.event.actor_id or 0 for each in batch}
    now = {
        row.id: row.into_id or row.id
        for some in in_batches(ids)
        for row in session.execute(accounts.where(User.id.in_(some)))
    }
    told: dict[tuple[int, int], PendingNotification] = {}
    for each in batch:
        event, user_id = each.event, now.get(each.user_id)
        actor_id = now.get(event.actor_id or 0, event.actor_id)
        if user_id is not None and user_id != actor_id:
            event = event if actor_id == event.actor_id else replace(event, actor_id=actor_id)
            told[event.number, user_id] = replace(each, event=event, user_id=user_id)
    return [*told.values()]


def _row_of(event: Event) -> dict[str, Any]:
    return {
        "number": event.number,
        "kind": event.kind,
        "page_id": event.page_id,
        "revision_id": event.revision_id,
        "actor_id": event.actor_id,
        "subject_id": event.subject_id,
        "at": event.at,
    }


def _notified_by(
    event: Event, page: Any, about: Iterable[AboutPage], addressed: Iterable[int]
) -> Iterable[PendingNotification]:
    """Notifications for everybody but the actor who may see the event now."""
    kind = event_kinds()[event.kind]
    candidates = set(addressed)
    if kind.is_for_watchers:
        candidates |= watches.watchers_of(_targets(page, about), event.number)
    candidates.discard(event.actor_id or 0)
    for batch in in_batches(sorted(candidates)):
        knowing = _who_may_know(event, kind, page, viewers_of(batch))
        frequencies = frequencies_of(knowing) if can_mail() else {}
        for user_id in knowing:
            mail = frequencies.get(user_id, MailFrequency.OFF)
            yield PendingNotification(event, user_id, mail is not MailFrequency.OFF)


def _targets(page: Any, about: Iterable[AboutPage]) -> set[str]:
    """The keys of watch targets that match an event of `page`, if any, and of the pages `about`."""
    targets = {EVERYTHING.key}
    if page is not None:
        tags = tags_of([page.id])[page.id]
        targets.update(watches.targets_of(page.id, page.key, page.kind, tags))
    for each in about:
        targets.update(watches.targets_of(each.page_id, each.key, each.kind, each.tags))
    return targets


def _who_may_know(
    event: Event, kind: EventKind, page: Any, viewers: Mapping[int, Viewer]
) -> list[int]:
    """The ids of viewers who may see the event, checked once for all with the same rights."""
    if kind.is_personal:
        return [*viewers]
    answers: dict[object, bool] = {}
    known = []
    book = rulebook()  # once, since outside of requests each call queries whether it has changed
    for user_id, viewer in viewers.items():
        readable = book.readable(viewer.rank, viewer.groups)
        if page is not None and page.rule_id not in readable:
            continue
        if page is not None and page.deleted_at is not None and not can_undelete(viewer, page):
            continue
        is_shared = kind.follows_page and page is not None and page.deleted_at is None
        rights: object = readable if is_shared else user_id
        if rights not in answers:
            answers[rights] = bool(community_events.describe([event], viewer))
        if answers[rights]:
            known.append(user_id)
    return known


def _pages_of(events: Sequence[Event]) -> dict[int, Any]:
    ids = {event.page_id for event in events if event.page_id is not None}
    query = select(
        *(Page.id, Page.key, Page.kind, Page.rule_id, Page.deleted_at, Page.deleted_by_id)
    )
    return {
        row.id: row
        for batch in in_batches(ids)
        for row in db.session.execute(query.where(Page.id.in_(batch)))
    }


# Watching one's own pages


def _watch_what_they_wrote(events: Sequence[Event]) -> None:
    """Let authors watch the pages that they created or edited, according to their preferences.

    This comes before notifying, so that the author of a new page hears of the next event.
    """
    authored = {
        event.revision_id: event
        for event in events
        if event.kind == REVISION and event.actor_id is not None
    }
    wanted = _authorships(authored)
    if not wanted:
        return
    with write_transaction() as session:
        for (user_id, page_id), number in wanted.items():
            with suppress(TooManyWatches):
                watches.watch(
                    session, user_id, Target(WatchScope.PAGE, page_id=page_id), since=number
                )


def _authorships(authored: Mapping[int | None, Event]) -> dict[tuple[int, int], int]:
    """By user id and page id: the number of the event from which the user watches the page."""
    query = (
        select(
            *(Revision.id, Revision.author_id, Revision.page_id, Revision.action),
            *(NotificationPreferences.watches_created, NotificationPreferences.watches_edited),
        )
        .outerjoin(NotificationPreferences, NotificationPreferences.user_id == Revision.author_id)
        .where(Revision.cause_id.is_(None), Revision.action.in_(("create", "edit", "merge")))
        .order_by(Revision.id)
    )
    found: dict[tuple[int, int], int] = {}
    for batch in in_batches(authored):
        for row in db.session.execute(query.where(Revision.id.in_(batch))):
            # By default, pages that they created.
            is_created = row.action == "create"
            chosen = row.watches_created if is_created else row.watches_edited
            if is_created if chosen is None else chosen:
                pair = (row.author_id, row.page_id)
                found.setdefault(pair, authored[row.id].number)
    return {pair: number for pair, number in found.items() if not _watches(*pair)}


def _watches(user_id: int, page_id: int) -> bool:
    return bool(watches.watched_of(user_id, [Target(WatchScope.PAGE, page_id=page_id).key]))

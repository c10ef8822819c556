"""A user's notifications, as far as they may still see them: lists, counts, read marks."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from wiki.access.permissions import Viewer, history_visible_to
from wiki.access.viewers import viewers_of
from wiki.accounts.models import User
from wiki.community.events import Description, Event, describe, event_kinds
from wiki.community.watching.models import Notification, NotifiedEvent
from wiki.database import FOR_CHANGE, StorageUnavailable, db, utcnow, write_transaction
from wiki.pages.models import Page

READ_KEPT = timedelta(days=90)  # after they were read
UNREAD_KEPT = timedelta(days=365)  # after they were created
MAX_DESCRIBED = 200  # unread notifications that are checked one by one
PRUNED_AT_ONCE = 1_000  # rows deleted in one transaction

EVENT_COLUMNS = (
    *(NotifiedEvent.number, NotifiedEvent.kind, NotifiedEvent.page_id, NotifiedEvent.revision_id),
    *(NotifiedEvent.actor_id, NotifiedEvent.subject_id, NotifiedEvent.at),
)


class NotificationNotFound(LookupError):
    """The user has no such notification, or may not see its event any more."""


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """One line of the list: an event, or several merged ones, of which `number` is the newest."""

    description: Description
    kind: str
    number: int
    since: int  # the number of the oldest
    count: int
    at: datetime
    is_read: bool


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """Which notifications to list: all, unread ones, or those of a kind."""

    is_unread: bool = False
    kind: str = ""


def event_of(row: Any) -> Event:
    """The event in a row that begins with `EVENT_COLUMNS`."""
    return Event(*row[: len(EVENT_COLUMNS)])


def list_entries(
    viewer: Viewer, wanted: InboxFilter, *, offset: int = 0, limit: int
) -> list[InboxEntry]:
    """Entries for `limit` notifications from `offset` on, newest first, merged where possible."""
    query = _shown(viewer, wanted).with_only_columns(*EVENT_COLUMNS, Notification.read_at)
    query = query.order_by(Notification.event_number.desc()).offset(offset).limit(limit)
    rows = db.session.execute(query).all()
    return group_events([(event_of(row), row.read_at is not None) for row in rows], viewer)


def count_entries(viewer: Viewer, wanted: InboxFilter) -> int:
    """The number of notifications, before merging."""
    return db.session.scalar(_shown(viewer, wanted).with_only_columns(func.count())) or 0


def newest(viewer: Viewer) -> int:
    """The number of the latest event that the viewer was notified of; 0 for none."""
    mine = Notification.user_id == viewer.user_id
    return db.session.scalar(select(func.max(Notification.event_number)).where(mine)) or 0


def group_events(events: Sequence[tuple[Event, bool]], viewer: Viewer) -> list[InboxEntry]:
    """Entries for events (each with whether it was read), newest first, without hidden ones."""
    described = describe([event for event, _ in events], viewer)
    groups: dict[object, list[tuple[Event, bool]]] = {}
    for event, is_read in events:
        if event.number in described:
            of_group = described[event.number].group
            key = (event.kind, of_group, is_read) if of_group else event.number
            groups.setdefault(key, []).append((event, is_read))
    return [_entry(members, described) for members in groups.values()]


def _entry(members: list[tuple[Event, bool]], described: dict[int, Description]) -> InboxEntry:
    newest, is_read = members[0]
    oldest = members[-1][0]
    merge = event_kinds()[newest.kind].merge
    description = described[newest.number]
    if len(members) > 1 and merge is not None:
        description = merge([described[event.number] for event, _ in reversed(members)])
    return InboxEntry(
        description, newest.kind, newest.number, oldest.number, len(members), newest.at, is_read
    )


def open_entry(viewer: Viewer, number: int, since: int) -> str:
    """Mark an entry as read, and return its URL. Raises `NotificationNotFound`."""
    description, numbers = _notified_together(viewer, number, since)
    with suppress(StorageUnavailable):  # the link works even if the database is read-only
        mark_read(viewer, numbers)
    return description.url


def _notified_together(viewer: Viewer, number: int, since: int) -> tuple[Description, list[int]]:
    """The description of an entry, and the numbers of its events.

    These are `number` and those merged with it from `since` on. Raises `NotificationNotFound`.
    """
    shown = _shown(viewer).with_only_columns(*EVENT_COLUMNS)
    found = db.session.execute(shown.where(NotifiedEvent.number == number)).one_or_none()
    if found is None:
        raise NotificationNotFound
    alike = shown.where(
        NotifiedEvent.number.between(min(since, number), number),
        NotifiedEvent.kind == found.kind,
        NotifiedEvent.page_id.is_not_distinct_from(found.page_id),
    )
    query = alike.order_by(NotifiedEvent.number.desc()).limit(MAX_DESCRIBED)
    described = describe([event_of(row) for row in db.session.execute(query)], viewer)
    if number not in described:
        raise NotificationNotFound
    name = described[number].group
    numbers = [n for n, each in described.items() if n == number or (name and each.group == name)]
    merge = event_kinds()[found.kind].merge
    if len(numbers) > 1 and merge is not None:
        return merge([described[each] for each in sorted(numbers)]), numbers
    return described[number], numbers


def mark_read(viewer: Viewer, numbers: Collection[int], *, is_read: bool = True) -> None:
    """Mark the viewer's notifications with these event numbers as read, or as unread again."""
    theirs = (Notification.user_id == viewer.user_id, Notification.event_number.in_(numbers))
    is_other = Notification.read_at.is_(None) if is_read else Notification.read_at.is_not(None)
    with write_transaction() as session:
        marked = update(Notification).where(*theirs, is_other)
        session.execute(marked.values(read_at=utcnow() if is_read else None))
        recount(session, viewer)


def mark_range(viewer: Viewer, number: int, since: int, *, is_read: bool) -> None:
    """As `mark_read`, for an entry: `number` and the events merged with it from `since` on."""
    with suppress(NotificationNotFound):
        mark_read(viewer, _notified_together(viewer, number, since)[1], is_read=is_read)


def mark_all_read(viewer: Viewer, up_to: int) -> None:
    """Mark all notifications of the viewer up to event `up_to` as read."""
    unread = (Notification.user_id == viewer.user_id, Notification.read_at.is_(None))
    with write_transaction() as session:
        marked = update(Notification).where(*unread, Notification.event_number <= up_to)
        session.execute(marked.values(read_at=utcnow()))
        recount(session, viewer)


# Counting


def count_unread(viewer: Viewer) -> int:
    """The number of unread notifications that the viewer may see now."""
    wanted = InboxFilter(is_unread=True)
    query = _shown(viewer, wanted).with_only_columns(*EVENT_COLUMNS).limit(MAX_DESCRIBED + 1)
    rows = db.session.execute(query).all()
    if len(rows) > MAX_DESCRIBED:
        return count_entries(viewer, wanted)
    return len(describe([event_of(row) for row in rows], viewer))


def recount(session: Session, viewer: Viewer) -> None:
    """Count the viewer's unread notifications again, in the caller's transaction."""
    session.flush()
    # A notifier that adds one at this moment has this row locked; its notification counts too.
    locked = select(User.id).where(User.id == viewer.user_id)
    session.execute(locked.with_for_update(**FOR_CHANGE))
    count = count_unread(viewer)
    row = (User.id == viewer.user_id, User.unread_count != count)
    session.execute(update(User).where(*row).values(unread_count=count))


def recount_people(user_ids: Collection[int]) -> None:
    """Count the unread notifications of each user again, writing only counts that have changed."""
    for user_id in user_ids:
        db.session.rollback()
        viewer = viewers_of([user_id]).get(user_id)
        stored = db.session.scalar(select(User.unread_count).where(User.id == user_id))
        if viewer is not None and stored != count_unread(viewer):
            with write_transaction() as session:
                recount(session, viewer)


def correct_unread_count(viewer: Viewer, shown: int) -> None:
    """Correct the count in the header (`shown`) if it differs from the actual one."""
    if shown != count_unread(viewer):
        with suppress(StorageUnavailable), write_transaction(lock_timeout=0) as session:
            recount(session, viewer)


def users_with_unread(page_ids: Collection[int] | None = None) -> Sequence[int]:
    """The ids of users with unread notifications, about these pages or at all.

    Without `page_ids`, this includes users who have a count, or may soon have one again.
    """
    if page_ids is None:
        unread = select(Notification.user_id).where(Notification.read_at.is_(None))
        counted = select(User.id).where(User.unread_count > 0)
        return db.session.scalars(unread.union(counted)).all()
    query = (
        select(Notification.user_id)
        .distinct()
        .join(NotifiedEvent, NotifiedEvent.number == Notification.event_number)
        .where(Notification.read_at.is_(None), NotifiedEvent.page_id.in_(page_ids))
    )
    return db.session.scalars(query).all()


# Retention


def prune() -> None:
    """Delete old notifications (`READ_KEPT`, `UNREAD_KEPT`), and events without notifications."""
    now = utcnow()
    is_old = or_(Notification.read_at < now - READ_KEPT, Notification.told_at < now - UNREAD_KEPT)
    old = select(Notification.user_id, Notification.event_number).where(is_old)
    while rows := db.session.execute(old.limit(PRUNED_AT_ONCE)).all():
        with write_transaction() as session:
            for row in rows:
                session.execute(
                    delete(Notification).where(
                        Notification.user_id == row.user_id,
                        Notification.event_number == row.event_number,
                    )
                )
    kept = exists().where(Notification.event_number == NotifiedEvent.number)
    forgotten = select(NotifiedEvent.number).where(~kept, NotifiedEvent.at < now - READ_KEPT)
    while numbers := db.session.scalars(forgotten.limit(PRUNED_AT_ONCE // 4)).all():
        with write_transaction() as session:
            session.execute(delete(NotifiedEvent).where(NotifiedEvent.number.in_(numbers), ~kept))


def _shown(viewer: Viewer, wanted: InboxFilter | None = None) -> "Select[Any]":
    """A statement for the viewer's notifications about pages that they may see, or about none."""
    query = (
        select(Notification.event_number)
        .select_from(Notification)
        .join(NotifiedEvent, NotifiedEvent.number == Notification.event_number)
        .outerjoin(Page, Page.id == NotifiedEvent.page_id)
        .where(Notification.user_id == viewer.user_id, _is_there(viewer))
    )
    if wanted and wanted.is_unread:
        query = query.where(Notification.read_at.is_(None))
    if wanted and wanted.kind:
        query = query.where(NotifiedEvent.kind == wanted.kind)
    return query


def _is_there(viewer: Viewer) -> ColumnElement[bool]:
    return or_(NotifiedEvent.page_id.is_(None), history_visible_to(viewer, Page))

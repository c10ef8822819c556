"""Reminds people once a week of all watched pages that are due for review.

There is one notification for all pages, as people would ignore one for each.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from wiki.access.permissions import Viewer, readable_rules
from wiki.access.viewers import viewers_of
from wiki.accounts.merging.references import moves, register_references
from wiki.accounts.models import Role
from wiki.community.events import Description, Event, EventKind, register_kinds
from wiki.community.freshness.due import DuePage, due_among, due_pages
from wiki.community.notifier.registry import Job, register_job
from wiki.community.page_events import tags_of
from wiki.community.watching.models import NotifiedEvent, Watch
from wiki.community.watching.watches import targets_of
from wiki.database import db, in_batches, write_transaction
from wiki.i18n import lazy as _l
from wiki.pages.models import Page
from wiki.search.models import OutboxEntry
from wiki.search.outbox import announce

DUE_LIST = "due-list"
INTERVAL = timedelta(days=7)
MAX_TITLES = 5  # titles in the notification; the list has all
_EVERYTHING = Viewer(role=Role.ADMIN)


def init_app(app: Flask) -> None:
    kind = EventKind(
        DUE_LIST,
        _l("Pages to be checked, once a week"),
        describe,
        _addressees,
        follows_page=False,
        is_for_watchers=False,
        is_personal=True,
    )
    register_kinds(app, kind)
    register_references(
        app,
        [
            moves(NotifiedEvent.subject_id, only=[NotifiedEvent.kind == DUE_LIST]),
            moves(OutboxEntry.subject_id, only=[OutboxEntry.event == DUE_LIST]),
        ],
    )
    register_job(app, Job("due lists", INTERVAL, announce_due_pages))


def announce_due_pages() -> None:
    """Announce one event for each person who watches a due page that they may read."""
    watched = _watched({page.id for page in due_pages(_EVERYTHING)})
    known: dict[frozenset[int], set[int]] = {}
    recipients = []
    for user_id, viewer in viewers_of(watched).items():
        rules = readable_rules(viewer)
        if rules not in known:  # one query for all viewers with the same rights
            ids = {page_id for pages in watched.values() for page_id in pages}
            known[rules] = {page.id for page in due_among(viewer, sorted(ids))}
        if watched[user_id] & known[rules]:
            recipients.append(user_id)
    with write_transaction() as session:
        for user_id in recipients:
            announce(session, 0, None, DUE_LIST, subject_id=user_id)


def describe(events: Sequence[Event], viewer: Viewer) -> Mapping[int, Description]:
    """Describe the viewer's own reminders: the watched pages that are due now."""
    own = [event for event in events if event.subject_id == viewer.user_id]
    pages = _due_for(viewer) if own else []
    if not pages:
        return {}
    line = ngettext(
        "%(num)s page that you watch may be out of date",
        "%(num)s pages that you watch may be out of date",
        len(pages),
    )
    titles = ", ".join(page.title for page in pages[:MAX_TITLES])
    said = Description(
        _("Pages to be checked"), line, "freshness.due", excerpt=titles, group=DUE_LIST
    )
    return {event.number: said for event in own}


def _addressees(events: Sequence[Event]) -> Mapping[int, Collection[int]]:
    return {event.number: [event.subject_id] for event in events if event.subject_id is not None}


def _due_for(viewer: Viewer) -> list[DuePage]:
    pages = due_pages(viewer)
    watched = _watched({page.id for page in pages}, viewer.user_id)
    own = watched.get(viewer.user_id or 0, set())
    return [page for page in pages if page.id in own]


def _watched(page_ids: Collection[int], user_id: int | None = None) -> dict[int, set[int]]:
    """By user id: which of these pages they watch; for all users or one."""
    pages: dict[str, set[int]] = defaultdict(set)
    tags = tags_of(page_ids)
    for some in in_batches(sorted(page_ids)):
        columns = (Page.id, Page.key, Page.kind)
        for row in db.session.execute(select(*columns).where(Page.id.in_(some))):
            for target in targets_of(row.id, row.key, row.kind, tags[row.id]):
                pages[target].add(row.id)
    found: dict[int, set[int]] = defaultdict(set)
    for some_targets in in_batches(sorted(pages)):
        query = select(Watch.user_id, Watch.target).where(Watch.target.in_(some_targets))
        if user_id is not None:
            query = query.where(Watch.user_id == user_id)
        for watcher, target in db.session.execute(query):
            found[watcher] |= pages[target]
    return found

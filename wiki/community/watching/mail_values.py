"""The content of mails about notifications. Rights are checked when a mail is sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from wiki.access.permissions import Viewer
from wiki.access.viewers import viewers_of
from wiki.accounts.models import User
from wiki.community.events import event_kinds
from wiki.community.watching import inbox
from wiki.community.watching.inbox import EVENT_COLUMNS, InboxEntry, event_of
from wiki.community.watching.mails import name_of_thread
from wiki.community.watching.models import MailFrequency, Notification, NotifiedEvent
from wiki.community.watching.preferences import preferences_of
from wiki.community.watching.unsubscribe import unsubscribe_link
from wiki.database import db
from wiki.letters import without_bidi_controls
from wiki.mail.queue import message_id_of
from wiki.mail.sections import ChangedLine, MailSection, SectionEntry
from wiki.mail.sender_settings import sender_domain
from wiki.pages.diffing.diff import Diff, DiffRow, Span
from wiki.web.base_url import external_url

MAX_DIFFS = 5  # diffs in one mail
MAX_LINE = 300  # characters of a changed line
MAX_EXCERPT = 300


def notification_values(parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The template's values; `None` if the user may or wants to see none of the events any more."""
    person: User | None = db.session.get(User, parameters["user"])
    if person is None or person.email != parameters["recipient"] or not person.email_confirmed_at:
        return None
    frequency = preferences_of(person.id).mail
    viewer = viewers_of([person.id]).get(person.id)
    if viewer is None or viewer.is_blocked or frequency == MailFrequency.OFF:
        return None
    entries = _entries(viewer, parameters["events"])
    if not entries:
        return None
    thread = parameters["thread"]
    return {
        "username": person.username,
        "title": entries[-1].description.title if thread else "",
        "count": sum(entry.count for entry in entries),
        "first": entries[0].description.line,
        "more": parameters["more"],
        "sections": _sections(entries),
        "inbox": external_url("watching.notifications"),
        "settings": external_url("watching.settings"),
        "frequency": frequency,
        "headers": _headers(person.id, thread),
    }


def _entries(viewer: Viewer, numbers: Sequence[int]) -> list[InboxEntry]:
    """Entries for the events that are unread and that the viewer may see, oldest first."""
    rows = db.session.execute(
        select(*EVENT_COLUMNS)
        .join(Notification, Notification.event_number == NotifiedEvent.number)
        .where(
            Notification.user_id == viewer.user_id,
            Notification.event_number.in_(numbers),
            Notification.read_at.is_(None),
        )
        .order_by(NotifiedEvent.number.desc())
    )
    return inbox.group_events([(event_of(row), False) for row in rows], viewer)[::-1]


def _sections(entries: Sequence[InboxEntry]) -> list[MailSection]:
    """A section for each thread, in the order of their first events."""
    sections: dict[str, MailSection] = {}
    for position, entry in enumerate(entries):
        described = entry.description
        is_of_page = bool(described.path)
        url = external_url("pages.read", path=described.path) if is_of_page else described.url
        section = sections.setdefault(
            described.thread or f"event-{entry.number}",
            MailSection(without_bidi_controls(described.title), url),
        )
        section.entries.append(_section_entry(entry, with_diff=position < MAX_DIFFS))
    return list(sections.values())


def _section_entry(entry: InboxEntry, *, with_diff: bool) -> SectionEntry:
    described = entry.description
    make = event_kinds()[entry.kind].diff
    diff = make(described) if make is not None and with_diff else None
    excerpt = " ".join(without_bidi_controls(described.excerpt).split())
    return SectionEntry(
        without_bidi_controls(described.line),
        described.url,
        _shortened(excerpt, MAX_EXCERPT),
        _diff_lines(diff) if diff else [],
        is_cut=diff is not None and diff.is_cut,
    )


def _diff_lines(diff: Diff) -> list[ChangedLine]:
    """The changed lines, removed before added, with changed words highlighted."""
    lines = []
    for row in diff.rows:
        if row.kind in ("changed", "removed") and row.left_number is not None:
            lines.append(_line("removed", row, row.left))
        if row.kind in ("changed", "added") and row.right_number is not None:
            lines.append(_line("added", row, row.right))
    return lines


def _line(kind: str, row: DiffRow, spans: Sequence[Span]) -> ChangedLine:
    shown, left = [], MAX_LINE
    for text, is_marked in spans:
        if left <= 0:
            break
        shown.append((without_bidi_controls(_shortened(text, left)), is_marked))
        left -= len(text)
    return ChangedLine(kind, shown, is_partial=row.kind == "changed")


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _headers(user_id: int, thread: str) -> dict[str, str]:
    """Headers for one-click unsubscribing (RFC 8058), and for grouping the mails of a thread."""
    headers = {
        "List-Unsubscribe": f"<{unsubscribe_link(user_id)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    domain = sender_domain()
    if thread and domain:
        # All reply to a mail that doesn't exist, by which programs group them.
        root = message_id_of(name_of_thread(thread, user_id), domain)
        headers |= {"In-Reply-To": root, "References": root}
    return headers


MAILS = {"notifications": notification_values}

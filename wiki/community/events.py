"""What people are notified of: notifications, mails and webhooks describe the same events by this.

An event is an entry of the outbox, written in the transaction of its cause. Each feature registers
its kinds of events: who is notified of one besides those who watch, and how it is described to
somebody, whose rights are asked at that moment. Nothing that was described is stored.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from flask import Flask, has_request_context, url_for

from wiki.access.permissions import Viewer
from wiki.app_state import AppState
from wiki.i18n import Words
from wiki.pages.diffing.diff import Diff
from wiki.web.base_url import external_url


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `number` is that of its entry in the outbox, and never reused."""

    number: int
    kind: str
    page_id: int | None  # None for what belongs to no page
    revision_id: int | None
    actor_id: int | None  # whose doing it was; None for nobody's
    subject_id: int | None  # the row that it is about, as its kind understands it
    at: datetime


@dataclass(frozen=True, slots=True)
class Description:
    """An event as one viewer may know it now; everything in it is plain text.

    `line` is a whole sentence with actor and title. Events of one `group` can be told as one, such
    as three edits by the same person; what shares a `thread` is one conversation in mails.
    `path` (of the page), `page_kind` and `tags` (keys) are what readers filter by.
    """

    title: str
    line: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)
    anchor: str = ""
    excerpt: str = ""  # a summary, or how a comment begins
    actor: str | None = None  # a user name
    page_id: int | None = None
    path: str = ""
    page_kind: str = ""
    tags: frozenset[str] = frozenset()
    thread: str = ""
    group: str = ""

    @property
    def url(self) -> str:
        """Where it leads: in a request a path, elsewhere a whole address by `NEXUS_BASE_URL`."""
        make = url_for if has_request_context() else external_url
        address = make(self.endpoint, **self.values)
        return f"{address}#{self.anchor}" if self.anchor else address


@dataclass(frozen=True, slots=True)
class AboutPage:
    """A page that an event is about, or the place of one that is proposed, by what watches name."""

    page_id: int | None
    key: str
    kind: str
    tags: Collection[str]  # keys


# The events that exist for the viewer, by number; others are left out.
Describe: TypeAlias = Callable[[Sequence[Event], Viewer], Mapping[int, Description]]
# Ids of users who are notified of an event without watching anything, by the event's number.
Addressees: TypeAlias = Callable[[Sequence[Event]], Mapping[int, Collection[int]]]

# The pages that an event is about, by its number, where its `page_id` doesn't say all.
About: TypeAlias = Callable[[Sequence[Event]], Mapping[int, Collection[AboutPage]]]


def nobody(_events: Sequence[Event]) -> Mapping[int, Collection[int]]:
    """For kinds of events that only watchers are told of."""
    return {}


def no_more_pages(_events: Sequence[Event]) -> Mapping[int, Collection[AboutPage]]:
    """For kinds of events that are about no page but their own."""
    return {}


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of events: `name` is what `outbox.announce` was given.

    If it `follows_page`, whoever may read the page may know of the event, which spares asking
    `describe` for each of ten thousand watchers. One that `is_personal` is announced for one
    person, for whom it was asked then. `about` gives the pages of events that are about several:
    who watches any of them is told, once. `merge` makes one description of those of a `group`, the
    oldest first; without it, each is told by itself. `diff` gives what was changed in a text, of a
    description that was just made.
    """

    name: str
    label: Words
    describe: Describe
    addressees: Addressees = nobody
    follows_page: bool = True
    is_for_watchers: bool = True
    is_personal: bool = False
    about: About = no_more_pages
    merge: Callable[[Sequence[Description]], Description] | None = None
    diff: Callable[[Description], Diff | None] | None = None


_KINDS = AppState[dict[str, EventKind]]("event_kinds", dict)


def register_kinds(app: Flask, *kinds: EventKind) -> None:
    """Let `app` tell people of these kinds of events."""
    _KINDS.of(app).update({kind.name: kind for kind in kinds})


def event_kinds() -> Mapping[str, EventKind]:
    """All kinds by name, in order of registration."""
    return _KINDS.current()


def describe(events: Sequence[Event], viewer: Viewer) -> dict[int, Description]:
    """Those of the events that exist for the viewer now, by number, in the order given.

    A few statements for each kind, however many events there are.
    `permissions.anonymous_viewer()` is the public; `wiki.access.viewers` makes viewers of other
    people.
    """
    kinds, found = _KINDS.current(), dict[int, Description]()
    for name in dict.fromkeys(event.kind for event in events):
        if name in kinds:
            found.update(kinds[name].describe([e for e in events if e.kind == name], viewer))
    return {event.number: found[event.number] for event in events if event.number in found}


def addressees(events: Sequence[Event]) -> dict[int, set[int]]:
    """By event number: the ids of users who are addressed by it, whether or not they may know."""
    kinds, found = _KINDS.current(), dict[int, set[int]]()
    for name in dict.fromkeys(event.kind for event in events):
        if name in kinds:
            recipients = kinds[name].addressees([event for event in events if event.kind == name])
            found.update({number: set(ids) for number, ids in recipients.items()})
    return found


def pages_about(events: Sequence[Event]) -> dict[int, Collection[AboutPage]]:
    """By event number: the pages that those events are about that are about several."""
    kinds, found = _KINDS.current(), dict[int, Collection[AboutPage]]()
    for name in dict.fromkeys(event.kind for event in events):
        if name in kinds:
            found.update(kinds[name].about([event for event in events if event.kind == name]))
    return found

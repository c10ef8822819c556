"""Events that people are notified of, and their descriptions in notifications, mails and webhooks.

An event is an entry of the outbox, written in the transaction of its cause. Each feature registers
its kinds of events: who is notified besides watchers, and how an event is described to a viewer
with the rights that they have at that moment. Descriptions are never stored.
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
    """Something that happened; `number` is that of its outbox entry and is never reused."""

    number: int
    kind: str
    page_id: int | None  # None if it belongs to no page
    revision_id: int | None
    actor_id: int | None  # who did it; None for the system
    subject_id: int | None  # the id of a row; its kind knows the table
    at: datetime


@dataclass(frozen=True, slots=True)
class Description:
    """An event as one viewer may see it now; all strings are plain text.

    `line` is a whole sentence with actor and title. Events with the same `group` can be merged,
    such as three edits by one person; events with the same `thread` form one conversation in mails.
    `path` (of the page), `page_kind` and `tags` (keys) are for filters.
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
        """The link's URL: a path in a request, elsewhere absolute with `NEXUS_BASE_URL`."""
        make = url_for if has_request_context() else external_url
        address = make(self.endpoint, **self.values)
        return f"{address}#{self.anchor}" if self.anchor else address


@dataclass(frozen=True, slots=True)
class AboutPage:
    """A page that an event is about, or a proposed page, with the attributes that watches match."""

    page_id: int | None
    key: str
    kind: str
    tags: Collection[str]  # keys


# Describes events for a viewer, by event number; those that they may not see are left out.
Describe: TypeAlias = Callable[[Sequence[Event], Viewer], Mapping[int, Description]]
# By event number: ids of users who are notified without watching anything.
Addressees: TypeAlias = Callable[[Sequence[Event]], Mapping[int, Collection[int]]]

# By event number: the pages of an event that is about more than its `page_id`.
About: TypeAlias = Callable[[Sequence[Event]], Mapping[int, Collection[AboutPage]]]


def nobody(_events: Sequence[Event]) -> Mapping[int, Collection[int]]:
    """The `Addressees` of kinds of events that only watchers are notified of."""
    return {}


def no_more_pages(_events: Sequence[Event]) -> Mapping[int, Collection[AboutPage]]:
    """The `About` of kinds of events that are about no other page than `page_id`."""
    return {}


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of events; `name` is the one that `outbox.announce` is called with.

    `follows_page`: everybody who may read the page may see the event, so that `describe` need not
    be called for each of ten thousand watchers. `is_personal`: it is announced for one person, with
    their rights checked then. `about` gives the pages of events about several pages; watchers of
    any of them are notified, once. `merge` makes one description of those of a `group`, oldest
    first; without it, each is shown on its own. `diff` gives the changes of a text for a
    description made just before.
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
    """Register kinds of events, so that `app` notifies people of them."""
    _KINDS.of(app).update({kind.name: kind for kind in kinds})


def event_kinds() -> Mapping[str, EventKind]:
    """All kinds by name, in order of registration."""
    return _KINDS.current()


def describe(events: Sequence[Event], viewer: Viewer) -> dict[int, Description]:
    """By number: descriptions of the events that the viewer may see now, in the order given.

    Runs a few statements for each kind, however many events there are. Pass
    `permissions.anonymous_viewer()` for the public; `wiki.access.viewers` gives other people's.
    """
    kinds, found = _KINDS.current(), dict[int, Description]()
    for name in dict.fromkeys(event.kind for event in events):
        if name in kinds:
            found.update(kinds[name].describe([e for e in events if e.kind == name], viewer))
    return {event.number: found[event.number] for event in events if event.number in found}


def addressees(events: Sequence[Event]) -> dict[int, set[int]]:
    """By event number: the ids of the users it addresses, whether or not they may see it."""
    kinds, found = _KINDS.current(), dict[int, set[int]]()
    for name in dict.fromkeys(event.kind for event in events):
        if name in kinds:
            recipients = kinds[name].addressees([event for event in events if event.kind == name])
            found.update({number: set(ids) for number, ids in recipients.items()})
    return found


def pages_about(events: Sequence[Event]) -> dict[int, Collection[AboutPage]]:
    """By event number: the pages of events that are about more than their `page_id`."""
    kinds, found = _KINDS.current(), dict[int, Collection[AboutPage]]()
    for name in dict.fromkeys(event.kind for event in events):
        if name in kinds:
            found.update(kinds[name].about([event for event in events if event.kind == name]))
    return found

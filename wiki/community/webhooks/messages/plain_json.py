"""Messages in plain JSON; `docs/webhooks.md` describes them."""

from collections.abc import Sequence
from typing import Any

import orjson

from wiki.app_state import wiki_name
from wiki.community.webhooks.messages.public_events import PublicEvent
from wiki.database import utcnow
from wiki.web.base_url import external_url

VERSION = 1  # raised by incompatible changes; new members aren't incompatible
EVENTS, TEST = "events", "test"  # types of messages
EVENT_LIMIT = 100  # events in a message
SIZE_LIMIT = 60_000  # bytes of a message's events, unless the first one alone is larger


def make_message(published: Sequence[PublicEvent]) -> tuple[dict[str, Any], frozenset[int]]:
    """A message with as many of these events as fit, at least one, and their numbers."""
    events: list[dict[str, Any]] = []
    size = 0
    for each in published[:EVENT_LIMIT]:
        event = _event(each)
        size += len(orjson.dumps(event))
        if events and size > SIZE_LIMIT:
            break
        events.append(event)
    numbers = frozenset(each.event.number for each in published[: len(events)])
    return message_of(EVENTS, {"events": events}), numbers


def make_test_message() -> dict[str, Any]:
    """A message of type `test` without data."""
    return message_of(TEST, {})


def message_of(type_: str, data: dict[str, Any]) -> dict[str, Any]:
    """A message with `data` and the common members: type, version, time in UTC, and the wiki."""
    return {
        "type": type_,
        "version": VERSION,
        "timestamp": utcnow().isoformat(timespec="seconds"),
        "wiki": {"name": wiki_name(), "url": external_url("hub.front")},
        "data": data,
    }


def _event(published: PublicEvent) -> dict[str, Any]:
    event, about = published.event, published.description
    page = {
        "id": about.page_id,
        "path": about.path,
        "kind": about.page_kind,
        "tags": sorted(about.tags),
        "url": published.page_url,
    }
    return {
        "id": event.number,
        "type": published.name,
        "at": event.at.isoformat(timespec="seconds"),
        "actor": about.actor,
        "title": about.title,
        "text": about.line,
        "excerpt": about.excerpt,
        "url": about.url,
        "page": page if about.page_id is not None else None,
    }

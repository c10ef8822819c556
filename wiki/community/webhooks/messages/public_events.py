"""The events that webhooks may post: those that the public may see now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import select

from wiki.access.permissions import anonymous_viewer, can_read_at
from wiki.community import page_events
from wiki.community.events import AboutPage, Description, Event, describe, event_kinds, pages_about
from wiki.community.webhooks.models import Webhook, WebhookScope
from wiki.database import db, in_batches
from wiki.i18n import Words
from wiki.i18n import lazy as _l
from wiki.naming import path_key
from wiki.pages.models import Revision
from wiki.web.base_url import external_url

# Changes of pages, one kind of events, split into choices, as few channels want all of them.
PAGE_CHOICES: Mapping[str, Words] = MappingProxyType(
    {
        "page.new": _l("New pages"),
        "page.edit": _l("Changed pages"),
        "page.minor": _l("Minor edits"),
        "page.import": _l("Imported pages"),
    }
)
USUAL_PAGE_CHOICES = ("page.new", "page.edit")
OFF = "webhook-off"  # an event for administrators only: the server switched a webhook off
# Nothing of a deleted page is public.
_NEVER_PUBLIC = (page_events.REMOVAL, OFF)
_NEW, _IMPORTED = ("create", "undelete"), "import"


@dataclass(frozen=True, slots=True)
class PublicEvent:
    """An event, the name by which webhooks choose it, and its public description."""

    event: Event
    name: str
    description: Description

    @property
    def page_url(self) -> str:
        """The absolute URL of the event's page; without a page, of the event."""
        if not self.description.path:
            return self.description.url
        return external_url("pages.read", path=self.description.path)


def choices() -> dict[str, Words]:
    """The events that a webhook can choose: labels by name."""
    others = {
        name: kind.label
        for name, kind in event_kinds().items()
        if name not in (page_events.REVISION, *_NEVER_PUBLIC) and not kind.is_personal
    }
    return {**PAGE_CHOICES, **others}


def usual_choices() -> list[str]:
    """The names that a new webhook has chosen."""
    others = [
        name for name, kind in event_kinds().items() if kind.is_for_watchers and name in choices()
    ]
    return [*USUAL_PAGE_CHOICES, *others]


def public_events(events: Sequence[Event]) -> list[PublicEvent]:
    """Those of the events that the public may see now, in order."""
    described = describe(events, anonymous_viewer())
    public = [event for event in events if event.number in described]
    names = _names_of_revisions(public)
    return [
        PublicEvent(event, names.get(event.number, event.kind), described[event.number])
        for event in public
        if event.kind != page_events.REMOVAL
    ]


def _names_of_revisions(events: Sequence[Event]) -> dict[int, str]:
    """By event number: its name in `PAGE_CHOICES`."""
    numbers = {
        event.revision_id: event.number
        for event in events
        if event.kind == page_events.REVISION and event.revision_id is not None
    }
    asked = select(Revision.id, Revision.action, Revision.is_minor)
    return {
        numbers[row.id]: _name_of(row.action, is_minor=row.is_minor)
        for batch in in_batches(numbers)
        for row in db.session.execute(asked.where(Revision.id.in_(batch)))
    }


def _name_of(action: str, *, is_minor: bool) -> str:
    if action == _IMPORTED:
        return "page.import"
    if action in _NEW:
        return "page.new"
    return "page.minor" if is_minor else "page.edit"


def wanted_by(
    webhooks: Sequence[Webhook], events: Sequence[Event]
) -> list[tuple[Webhook, PublicEvent]]:
    """The events that the public may see now, in order, each with a webhook that wants it."""
    public = public_events(events)
    about = pages_about([each.event for each in public])
    return [
        (webhook, each)
        for each in public
        for webhook in webhooks
        if each.name in webhook.events and _is_about(webhook, each, about)
    ]


def _is_about(
    webhook: Webhook, published: PublicEvent, about: Mapping[int, Collection[AboutPage]]
) -> bool:
    """Whether a page of the event, or a proposed page, is in the webhook's scope."""
    if webhook.scope == WebhookScope.EVERYTHING:
        return True
    shown = published.description
    pages = [AboutPage(shown.page_id, path_key(shown.path), shown.page_kind, shown.tags)]
    # An earlier version of a proposal may have had a page that isn't public.
    others = about.get(published.event.number, ())
    pages += [each for each in others if can_read_at(anonymous_viewer(), each.key)]
    return any(_is_in_scope(webhook, page) for page in pages)


def _is_in_scope(webhook: Webhook, page: AboutPage) -> bool:
    key = webhook.scope_key
    match webhook.scope:
        case WebhookScope.TAG:
            return key in page.tags
        case WebhookScope.KIND:
            return page.kind == key
        case _:
            return f"{page.key}/".startswith(f"{key}/")

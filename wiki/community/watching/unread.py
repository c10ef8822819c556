"""Keeps the count of unread notifications right when what people may know changes."""

from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.community.events import Event
from wiki.community.notifier.registry import Consumer
from wiki.community.page_events import REMOVAL, REVISION
from wiki.community.watching import inbox
from wiki.database import db, in_batches
from wiki.hub_settings.current import access_version
from wiki.pages.models import Revision


class RulesWatch:
    """Counts again for everybody once rules of access have changed, and when it begins."""

    def __init__(self) -> None:
        self._counted_at: int | None = None

    def look(self) -> None:
        """Count again for all who have unread notifications, if rules of access have changed."""
        db.session.rollback()
        version = access_version()
        if version != self._counted_at:
            inbox.recount_people(inbox.with_unread())
            self._counted_at = version


def _count_after(events: Sequence[Event]) -> Callable[[Session], None] | None:
    """A page that is deleted, or back, takes with it the notifications about it."""
    pages = {event.page_id for event in events if event.kind == REMOVAL}
    revisions = [event.revision_id for event in events if event.kind == REVISION]
    for batch in in_batches(revisions):
        back = select(Revision.page_id).where(Revision.id.in_(batch), Revision.action == "undelete")
        pages |= set(db.session.scalars(back))
    if pages:
        inbox.recount_people(inbox.with_unread([page_id for page_id in pages if page_id]))
    return None


UNREAD_COUNTS = Consumer("unread counts", _count_after)

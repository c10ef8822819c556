"""Keeps counts of unread notifications right when people's access changes."""

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
    """Recounts for everybody when access rules have changed, and on the first call."""

    def __init__(self) -> None:
        self._counted_at: int | None = None

    def look(self) -> None:
        """Recount for all users with unread notifications if access rules have changed."""
        db.session.rollback()
        version = access_version()
        if version != self._counted_at:
            inbox.recount_people(inbox.users_with_unread())
            self._counted_at = version


def _count_after(events: Sequence[Event]) -> Callable[[Session], None] | None:
    """Recount for users with notifications about pages that were deleted or restored."""
    pages = {event.page_id for event in events if event.kind == REMOVAL}
    revisions = [event.revision_id for event in events if event.kind == REVISION]
    for batch in in_batches(revisions):
        back = select(Revision.page_id).where(Revision.id.in_(batch), Revision.action == "undelete")
        pages |= set(db.session.scalars(back))
    if pages:
        inbox.recount_people(inbox.users_with_unread([page_id for page_id in pages if page_id]))
    return None


UNREAD_COUNTS = Consumer("unread counts", _count_after)

"""A user's personal data in watches and notifications."""

from collections.abc import Iterator
from typing import IO

from flask_babel import ngettext
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from wiki.access.permissions import current_viewer
from wiki.access.viewers import viewers_of
from wiki.accounts.merging.references import (
    AccountMerge,
    Reference,
    both,
    execute,
    known,
    lesser,
    moves,
    unites,
)
from wiki.accounts.models import User
from wiki.accounts.privacy.personal_data import as_json
from wiki.community.watching import inbox, watches
from wiki.community.watching.inbox import InboxFilter
from wiki.community.watching.models import (
    MailFrequency,
    Notification,
    NotificationPreferences,
    NotifiedEvent,
    Watch,
)
from wiki.community.watching.preferences import cancel_pending_mails, preferences_of
from wiki.search.models import OutboxEntry

EXPORTED_AT_ONCE = 200  # notifications in one batch


def _unite_notifications(session: Session, merge: AccountMerge) -> None:
    """Merge the notifications of two accounts, without duplicates and those of own actions."""
    _ONE_OF_EACH.settle(session, merge)
    own = select(NotifiedEvent.number).where(NotifiedEvent.actor_id.in_(merge))
    is_theirs = Notification.user_id == merge.target
    execute(session, delete(Notification).where(is_theirs, Notification.event_number.in_(own)))
    if preferences_of(merge.target).mail == MailFrequency.OFF:
        cancel_pending_mails(session, merge.target)
    if (viewer := viewers_of([merge.target]).get(merge.target)) is not None:
        inbox.recount(session, viewer)


_ONE_OF_EACH = unites(
    Notification.user_id,
    [Notification.event_number],
    {
        Notification.told_at: lesser,
        Notification.read_at: known,
        Notification.is_to_mail: both,
    },
)
REFERENCES = (
    unites(
        Watch.user_id,
        [Watch.target],
        {Watch.is_automatic: both, Watch.created_at: lesser, Watch.since_number: lesser},
        lambda count: ngettext("%(num)s watch", "%(num)s watches", count),
    ),
    # Before notifications, which depend on preferences and on the actors of events.
    unites(NotificationPreferences.user_id),
    moves(NotifiedEvent.actor_id),
    moves(OutboxEntry.actor_id),
    Reference(
        Notification.user_id,
        _unite_notifications,
        lambda count: ngettext("%(num)s notification", "%(num)s notifications", count),
    ),
)


class WatchingOfPerson:
    """The `wiki.accounts.privacy.personal_data.PersonalData` of watches and notifications."""

    def export(self, person_id: int) -> Iterator[tuple[str, IO[bytes]]]:
        """Yields `watching.json` (preferences and watches), and the user's notifications."""
        viewer, choice = current_viewer(), preferences_of(person_id)
        yield (
            "watching.json",
            as_json(
                {
                    "mail": choice.mail,
                    "watches_created": choice.watches_created,
                    "watches_edited": choice.watches_edited,
                    "watches": [
                        {
                            "scope": each.scope,
                            "name": each.path or each.name,
                            "is_automatic": each.is_automatic,
                            "since": each.created_at,
                        }
                        for each in watches.list_watches(viewer)
                    ],
                }
            ),
        )
        yield "notifications.json", as_json(list(self._notifications()))

    def rename(self, session: Session, person_id: int) -> None:
        """Does nothing: names are looked up when something is shown."""

    def forget(self, session: Session, person_id: int) -> None:
        """Delete the user's watches, notifications and preferences, in the caller's transaction."""
        for table in (Watch, Notification, NotificationPreferences):
            session.execute(delete(table).where(table.user_id == person_id))
        session.execute(update(User).where(User.id == person_id).values(unread_count=0))

    def _notifications(self) -> Iterator[dict[str, object]]:
        viewer, wanted, offset = current_viewer(), InboxFilter(), 0
        total = inbox.count_entries(viewer, wanted)
        while offset < total:
            for entry in inbox.list_entries(viewer, wanted, offset=offset, limit=EXPORTED_AT_ONCE):
                yield {
                    "line": entry.description.line,
                    "address": entry.description.url,
                    "at": entry.at,
                    "is_read": entry.is_read,
                }
            offset += EXPORTED_AT_ONCE

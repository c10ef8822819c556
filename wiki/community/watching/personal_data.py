"""What watching keeps of a user."""

from collections.abc import Iterator
from typing import IO

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from wiki.access.permissions import current_viewer
from wiki.accounts.models import User
from wiki.accounts.privacy.personal_data import as_json
from wiki.community.watching import inbox, watches
from wiki.community.watching.inbox import InboxFilter
from wiki.community.watching.models import Notification, NotificationPreferences, Watch
from wiki.community.watching.preferences import preferences_of

EXPORTED_AT_ONCE = 200  # notifications


class WatchingOfPerson:
    """`wiki.accounts.privacy.personal_data.PersonalData` of watches and notifications."""

    def export(self, person_id: int) -> Iterator[tuple[str, IO[bytes]]]:
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
        """Names are looked up when something is shown."""

    def forget(self, session: Session, person_id: int) -> None:
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

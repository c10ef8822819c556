"""Viewers for users who aren’t making a request, to check what they may be told."""

from collections.abc import Collection

from sqlalchemy import select

from wiki.access.permissions import Viewer
from wiki.accounts.authentication.sessions import GROUPS, parse_groups
from wiki.accounts.blocking.models import IS_BLOCKED
from wiki.accounts.models import User
from wiki.app_state import current_settings
from wiki.database import db, in_batches, utcnow

_ASKED = (User.id, User.role, GROUPS.label("groups"), IS_BLOCKED.label("is_blocked"))


def viewers_of(user_ids: Collection[int]) -> dict[int, Viewer]:
    """Viewers by user id as of now, without closed and disabled accounts.

    As in a request, a blocked user has the permissions of an anonymous reader.
    """
    is_public, found = current_settings().public_reading, dict[int, Viewer]()
    for batch in in_batches(user_ids):
        query = select(*_ASKED).where(User.id.in_(batch), User.is_enabled)
        for row in db.session.execute(query, {"now": utcnow()}):
            if row.is_blocked:
                found[row.id] = Viewer(
                    row.id, None, is_public, is_administering=False, is_blocked=True
                )
            else:
                found[row.id] = Viewer(row.id, row.role, is_public, parse_groups(row.groups))
    return found

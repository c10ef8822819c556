"""What mentors took off the board, since nobody needs to write it."""

from sqlalchemy import delete

from wiki.access.permissions import Viewer
from wiki.community.wanted.models import WantedDismissal
from wiki.database import insert_into, write_transaction


def dismiss_item(viewer: Viewer, key: str) -> None:
    """Take what has this key off the board, for everybody; does nothing if it is off."""
    with write_transaction() as session:
        row = insert_into(session, WantedDismissal).values(key=key, dismissed_by_id=viewer.user_id)
        session.execute(row.on_conflict_do_nothing())


def restore_item(key: str) -> None:
    """Let what has this key be on the board again, if it is still wanted."""
    with write_transaction() as session:
        session.execute(delete(WantedDismissal).where(WantedDismissal.key == key))

"""Dismissals: items that mentors took off the board, as nobody needs to write them."""

from sqlalchemy import delete

from wiki.access.permissions import Viewer
from wiki.community.wanted.models import WantedDismissal
from wiki.database import insert_into, write_transaction


def dismiss_item(viewer: Viewer, key: str) -> None:
    """Take the item off the board for everybody; does nothing if it already is."""
    with write_transaction() as session:
        row = insert_into(session, WantedDismissal).values(key=key, dismissed_by_id=viewer.user_id)
        session.execute(row.on_conflict_do_nothing())


def restore_item(key: str) -> None:
    """Put the item back on the board, where it is shown if it is still wanted."""
    with write_transaction() as session:
        session.execute(delete(WantedDismissal).where(WantedDismissal.key == key))

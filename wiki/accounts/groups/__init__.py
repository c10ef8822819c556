"""Groups: cohorts and tracks, which rules of access name."""

from sqlalchemy import select

from wiki.accounts.models import Group
from wiki.database import db


def list_groups() -> list[tuple[int, str]]:
    """`(id, name)` of every group, by name."""
    rows = db.session.execute(select(Group.id, Group.name).order_by(Group.key))
    return [(row.id, row.name) for row in rows]

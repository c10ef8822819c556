"""The place of a page among those beside it, which front matter may say already."""

import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_FIELDS = ("order", "sidebar_position", "nav_order", "weight")
_NUMBER = re.compile(r"-?\d{1,6}(?:\.\d{1,6})?", re.ASCII)


def upgrade() -> None:
    op.add_column("page", sa.Column("position", sa.Double(), nullable=True))
    connection = op.get_bind()
    page = sa.table("page", sa.column("id"), sa.column("revision_count"), sa.column("position"))
    written = sa.table(
        "revision", sa.column("page_id"), sa.column("number"), sa.column("fields", sa.Text)
    )
    text = sa.cast(written.c.fields, sa.Text)
    rows = connection.execute(
        sa.select(page.c.id, text.label("fields"))
        .join(
            written,
            sa.and_(written.c.page_id == page.c.id, written.c.number == page.c.revision_count),
        )
        .where(sa.or_(*(text.contains(f'"{name}"') for name in _FIELDS)))
    ).all()
    for row in rows:
        position = _position(json.loads(row.fields))
        if position is not None:
            connection.execute(sa.update(page).where(page.c.id == row.id).values(position=position))


def downgrade() -> None:
    op.drop_column("page", "position")


def _position(fields: dict[str, object]) -> float | None:
    for name in _FIELDS:
        value = fields.get(name)
        if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
            return float(value)
    return None

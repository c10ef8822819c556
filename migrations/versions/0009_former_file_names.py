"""The key of the name that each version of a file had, by which texts still ask for it."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BATCH = 1_000


def upgrade() -> None:
    op.add_column(
        "file_version",
        sa.Column("name_key", sa.String(length=450), nullable=False, server_default=""),
    )
    _fill()
    op.create_index("ix_file_version_name_key", "file_version", ["name_key"])


def _fill() -> None:
    version = sa.table(
        "file_version", sa.column("id"), sa.column("name"), sa.column("name_key", sa.String)
    )
    session = op.get_bind()
    last = 0
    while rows := session.execute(
        sa.select(version.c.id, version.c.name)
        .where(version.c.id > last)
        .order_by(version.c.id)
        .limit(BATCH)
    ).all():
        last = rows[-1].id
        session.execute(
            version.update()
            .where(version.c.id == sa.bindparam("of"))
            .values(name_key=sa.bindparam("key")),
            [{"of": row.id, "key": _key_of(row.name)} for row in rows],
        )


def _key_of(name: str) -> str:
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    return re.sub(r"[\s_]+", "-", folded.strip())[:450]


def downgrade() -> None:
    op.drop_index("ix_file_version_name_key", "file_version")
    with op.batch_alter_table("file_version") as batch:
        batch.drop_column("name_key")

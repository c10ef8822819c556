"""An index of what was undone, for counting what people wrote."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("action = 'undo'")
    op.create_index(
        "ix_revision_undone",
        "revision",
        ["page_id", "merged_number"],
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    op.drop_index("ix_revision_undone", table_name="revision")

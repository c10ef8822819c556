"""Closed accounts, and the names that nobody may take."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_name",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("looks_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name="pk_former_name"),
    )
    op.create_index("ix_former_name_looks_hash", "former_name", ["looks_hash"])
    with op.batch_alter_table("user") as batch:
        batch.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("user") as batch:
        batch.drop_column("closed_at")
    op.drop_index("ix_former_name_looks_hash", table_name="former_name")
    op.drop_table("former_name")

"""Renderings of old revisions, kept for the next reader."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "old_rendering",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_old_rendering"),
    )
    op.create_index("ix_old_rendering_kept_at", "old_rendering", ["kept_at"])


def downgrade() -> None:
    op.drop_table("old_rendering")

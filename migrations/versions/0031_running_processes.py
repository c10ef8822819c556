"""The processes that serve a wiki, with their versions."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "running_process",
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("host", sa.String(64), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("schema", sa.String(16), nullable=False),
        sa.Column("renderer", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_running_process"),
    )


def downgrade() -> None:
    op.drop_table("running_process")

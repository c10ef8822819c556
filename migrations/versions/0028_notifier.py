"""How far the notifier's consumers have read, and when its jobs are due."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consumer_position",
        sa.Column("consumer", sa.String(length=40), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("last_error", sa.String(length=300), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("consumer", name="pk_consumer_position"),
    )
    op.create_table(
        "job_schedule",
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job", name="pk_job_schedule"),
    )


def downgrade() -> None:
    op.drop_table("job_schedule")
    op.drop_table("consumer_position")

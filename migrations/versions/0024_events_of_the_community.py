"""Events of the community in the outbox, and what pages show of them."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: copied, the outbox would forget which numbers it has given.
    op.add_column("outbox", sa.Column("actor_id", sa.Integer(), nullable=True))
    op.add_column("outbox", sa.Column("subject_id", sa.Integer(), nullable=True))
    op.add_column("page", sa.Column("activity", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE event NOT IN ('revision', 'removal', 'visibility')")
    op.drop_column("page", "activity")
    op.drop_column("outbox", "subject_id")
    op.drop_column("outbox", "actor_id")

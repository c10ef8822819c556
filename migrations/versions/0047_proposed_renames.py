"""What a part of a proposal does with its page: creating, editing, renaming or deleting it."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    action = sa.Column("action", sa.String(8), server_default="edit", nullable=False)
    op.add_column("proposal_page", action)
    # A page that was written since has an id, and keeps the path that it was proposed for.
    op.execute("UPDATE proposal_page SET action = 'create' WHERE path <> ''")


def downgrade() -> None:
    op.drop_column("proposal_page", "action")

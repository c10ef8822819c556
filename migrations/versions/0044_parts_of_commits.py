"""How many changes of a commit are imported, whose others are still to come."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    commit = sa.Column("part_commit", sa.String(40), server_default="", nullable=False)
    op.add_column("git_import", commit)
    op.add_column("git_import", sa.Column("part", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("git_import", "part")
    op.drop_column("git_import", "part_commit")

"""Whether the two sanitisers disagreed on a rendering."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("is_disputed", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("rendering", column)


def downgrade() -> None:
    with op.batch_alter_table("rendering") as batch:
        batch.drop_column("is_disputed")

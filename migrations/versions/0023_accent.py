"""The wiki's accent colour."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("hub") as table:
        table.add_column(sa.Column("accent", sa.String(7), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("hub") as table:
        table.drop_column("accent")

"""Settings that administrators change in the browser."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hub_setting",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_hub_setting"),
    )


def downgrade() -> None:
    op.drop_table("hub_setting")

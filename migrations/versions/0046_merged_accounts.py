"""Accounts that were merged into others."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merged_account",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_merged_account_user_id_user", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["into_id"], ["user.id"], name="fk_merged_account_into_id_user", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("user_id", name="pk_merged_account"),
    )
    op.create_index("ix_merged_account_into_id", "merged_account", ["into_id"])


def downgrade() -> None:
    op.drop_index("ix_merged_account_into_id", table_name="merged_account")
    op.drop_table("merged_account")

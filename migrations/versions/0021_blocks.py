"""People and addresses that are blocked."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("network", sa.String(length=43), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=True),
        sa.Column("lifted_at", _TIME, nullable=True),
        sa.CheckConstraint("(user_id IS NULL) <> (network IS NULL)", name="ck_block_target"),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user.id"], name="fk_block_made_by_id_user", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_block_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_block"),
    )
    op.create_index("ix_block_user_id", "block", ["user_id"])


def downgrade() -> None:
    op.drop_index("ix_block_user_id", table_name="block")
    op.drop_table("block")

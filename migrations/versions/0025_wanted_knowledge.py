"""Who is writing what is wanted, and what is not wanted after all."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "wanted_claim",
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("claimed_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_wanted_claim_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_wanted_claim"),
    )
    op.create_index("ix_wanted_claim_user_id", "wanted_claim", ["user_id"])
    op.create_table(
        "wanted_dismissal",
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column("dismissed_by_id", sa.Integer(), nullable=True),
        sa.Column("dismissed_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["dismissed_by_id"],
            ["user.id"],
            name="fk_wanted_dismissal_dismissed_by_id_user",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("key", name="pk_wanted_dismissal"),
    )


def downgrade() -> None:
    op.drop_table("wanted_dismissal")
    op.drop_index("ix_wanted_claim_user_id", table_name="wanted_claim")
    op.drop_table("wanted_claim")

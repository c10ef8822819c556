"""What readers reported as no longer right, and what was checked."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "freshness_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("reported_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_freshness_report_page_id_page", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_freshness_report_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_freshness_report"),
        sa.UniqueConstraint("page_id", "user_id", name="uq_freshness_report_page_id_user_id"),
    )
    op.create_index("ix_freshness_report_user_id", "freshness_report", ["user_id"])
    op.create_table(
        "freshness_check",
        sa.Column("page_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_at", _TIME, nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_freshness_check_page_id_page", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_id"],
            ["user.id"],
            name="fk_freshness_check_checked_by_id_user",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("page_id", name="pk_freshness_check"),
    )


def downgrade() -> None:
    op.drop_table("freshness_check")
    op.drop_index("ix_freshness_report_user_id", table_name="freshness_report")
    op.drop_table("freshness_report")

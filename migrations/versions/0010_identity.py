"""The wiki's name, tagline, logo and welcome, and a log of what administrators do."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hub",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("tagline", sa.String(length=160), nullable=False),
        sa.Column("welcome", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("id = 1", name="ck_hub_one"),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["user.id"], name="fk_hub_changed_by_id_user", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hub"),
    )
    op.create_table(
        "hub_logo",
        sa.Column("theme", sa.String(length=8), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("theme IN ('light', 'dark')", name="ck_hub_logo_theme"),
        sa.PrimaryKeyConstraint("theme", name="pk_hub_logo"),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name="fk_audit_event_by_id_user", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_audit_event"),
    )


def downgrade() -> None:
    op.drop_table("audit_event")
    op.drop_table("hub_logo")
    op.drop_table("hub")

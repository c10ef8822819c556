"""Kinds that administrators add, and the fields of kinds in drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "page_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("plural", sa.String(length=60), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("folder", sa.String(length=100), nullable=False),
        sa.Column("outline", sa.String(), nullable=False),
        sa.Column("has_status", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_id"],
            ["user.id"],
            name="fk_page_kind_changed_by_id_user",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_page_kind"),
        sa.UniqueConstraint("name", name="uq_page_kind_name"),
    )
    op.add_column(
        "draft", sa.Column("fields", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
    )


def downgrade() -> None:
    op.drop_column("draft", "fields")
    op.drop_table("page_kind")

"""Drafts on the server, and tombstones of erased texts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("target", sa.String(length=600), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=True),
        sa.Column("section", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("tags", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_draft_page_id_page", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_draft_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sa.UniqueConstraint("user_id", "target", name="uq_draft_user_id_target"),
    )
    op.create_index("ix_draft_page_id", "draft", ["page_id"])
    with op.batch_alter_table("text") as batch:
        batch.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("erased_by_id", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column("erased_why", sa.String(length=300), nullable=False, server_default="")
        )
        batch.create_foreign_key(
            "fk_text_erased_by_id_user", "user", ["erased_by_id"], ["id"], ondelete="RESTRICT"
        )


def downgrade() -> None:
    with op.batch_alter_table("text") as batch:
        batch.drop_constraint("fk_text_erased_by_id_user", type_="foreignkey")
        batch.drop_column("erased_why")
        batch.drop_column("erased_by_id")
        batch.drop_column("erased_at")
    op.drop_table("draft")

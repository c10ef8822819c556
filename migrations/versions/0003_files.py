"""Files, their versions and contents, and the pages that use them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_content",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("is_animated", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_file_content"),
    )
    op.create_table(
        "file_variant",
        sa.Column("of_hash", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["of_hash"],
            ["file_content.hash"],
            name="fk_file_variant_of_hash_file_content",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("of_hash", "width", "media_type", name="pk_file_variant"),
    )
    op.create_index("ix_file_variant_hash", "file_variant", ["hash"])
    op.create_table(
        "file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("name_key", sa.String(length=450), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("version_count", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("version_count >= 0", name="ck_file_version_count"),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_file_page_id_page", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["content_hash"],
            ["file_content.hash"],
            name="fk_file_content_hash_file_content",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["deleted_by_id"], ["user.id"], name="fk_file_deleted_by_id_user", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_file"),
    )
    for column in ("page_id", "name_key", "content_hash", "updated_at"):
        op.create_index(f"ix_file_{column}", "file", [column])
    op.create_table(
        "file_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name="ck_file_version_number"),
        sa.ForeignKeyConstraint(
            ["file_id"], ["file.id"], name="fk_file_version_file_id_file", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["content_hash"],
            ["file_content.hash"],
            name="fk_file_version_content_hash_file_content",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name="fk_file_version_author_id_user", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_file_version"),
        sa.UniqueConstraint("file_id", "number", name="uq_file_version_file_id_number"),
    )
    op.create_index("ix_file_version_content_hash", "file_version", ["content_hash"])
    op.create_index("ix_file_version_author_id_id", "file_version", ["author_id", "id"])
    op.create_table(
        "file_use",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_file_use_page_id_page", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", "file_id", name="pk_file_use"),
    )
    op.create_index("ix_file_use_file_id", "file_use", ["file_id"])
    op.create_table(
        "file_mention",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("name_key", sa.String(length=450), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_file_mention_page_id_page", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", "name_key", name="pk_file_mention"),
    )
    op.create_index("ix_file_mention_name_key", "file_mention", ["name_key"])


def downgrade() -> None:
    for table in ("mention", "use", "version"):
        op.drop_table(f"file_{table}")
    op.drop_table("file")
    for table in ("variant", "content"):
        op.drop_table(f"file_{table}")

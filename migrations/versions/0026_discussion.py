"""Threads of comments."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_IS_OPEN = sa.text("resolved_at IS NULL AND comment_count > 0")


def _refers(table: str, name: str, to: str, ondelete: str = "RESTRICT") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name], [f"{to}.id"], name=f"fk_{table}_{name}_{to}", ondelete=ondelete
    )


def upgrade() -> None:
    op.create_table(
        "thread",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room", sa.String(length=16), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=True),
        sa.Column("heading", sa.String(length=500), nullable=False),
        sa.Column("heading_text", sa.String(length=500), nullable=False),
        sa.Column("quote", sa.String(length=2000), nullable=False),
        sa.Column("before", sa.String(length=32), nullable=False),
        sa.Column("after", sa.String(length=32), nullable=False),
        sa.Column("comment_count", sa.Integer(), nullable=False),
        sa.Column("last_at", _TIME, nullable=False),
        sa.Column("resolved_at", _TIME, nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("comment_count >= 0", name="ck_thread_comment_count"),
        sa.CheckConstraint("(room = 'page') = (page_id IS NOT NULL)", name="ck_thread_room"),
        _refers("thread", "page_id", "page"),
        _refers("thread", "created_by_id", "user"),
        _refers("thread", "resolved_by_id", "user"),
        sa.PrimaryKeyConstraint("id", name="pk_thread"),
    )
    op.create_index("ix_thread_created_by_id", "thread", ["created_by_id"])
    op.create_index("ix_thread_page_id_last_at", "thread", ["page_id", "last_at"])
    op.create_index("ix_thread_last_at", "thread", ["last_at"])
    op.create_index(
        "ix_thread_open",
        "thread",
        ["page_id", "heading"],
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("slotted", sa.String(), nullable=False),
        sa.Column("renderer", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", _TIME, nullable=True),
        sa.Column("form_hash", sa.String(length=64), nullable=False),
        sa.Column("deleted_at", _TIME, nullable=True),
        sa.Column("deleted_by_id", sa.Integer(), nullable=True),
        sa.Column("erased_at", _TIME, nullable=True),
        sa.Column("erased_by_id", sa.Integer(), nullable=True),
        sa.Column("erased_why", sa.String(length=300), nullable=False),
        sa.CheckConstraint("version >= 1", name="ck_comment_version"),
        _refers("comment", "thread_id", "thread", "CASCADE"),
        _refers("comment", "author_id", "user"),
        _refers("comment", "deleted_by_id", "user"),
        _refers("comment", "erased_by_id", "user"),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
        sa.UniqueConstraint("author_id", "form_hash", name="uq_comment_author_id_form_hash"),
    )
    op.create_index("ix_comment_thread_id_id", "comment", ["thread_id", "id"])
    op.create_table(
        "comment_version",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("written_at", _TIME, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        _refers("comment_version", "comment_id", "comment", "CASCADE"),
        sa.PrimaryKeyConstraint("comment_id", "number", name="pk_comment_version"),
    )
    op.create_table(
        "mention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _refers("mention", "comment_id", "comment", "CASCADE"),
        _refers("mention", "user_id", "user", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_mention"),
        sa.UniqueConstraint("comment_id", "user_id", name="uq_mention_comment_id_user_id"),
    )
    op.create_index("ix_mention_user_id", "mention", ["user_id"])


def downgrade() -> None:
    for table in ("mention", "comment_version", "comment", "thread"):
        op.drop_table(table)

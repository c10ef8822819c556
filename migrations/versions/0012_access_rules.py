"""Rules of access by path, groups, and the rule in force for each page."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NOW = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("created_at", _NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_group"),
        sa.UniqueConstraint("key", name="uq_group_key"),
    )
    op.create_table(
        "membership",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("is_mentor", sa.Boolean(), nullable=False),
        sa.Column("added_at", _NOW, nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        _reference("membership", "group_id", "group", "CASCADE"),
        _reference("membership", "user_id", "user", "CASCADE"),
        _reference("membership", "added_by_id", "user", "RESTRICT"),
        sa.PrimaryKeyConstraint("group_id", "user_id", name="pk_membership"),
    )
    op.create_index("ix_membership_user_id", "membership", ["user_id"])
    rules = op.create_table(
        "access_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column("covers", sa.String(length=8), nullable=False),
        sa.Column("read_rank", sa.Integer(), nullable=False),
        sa.Column("edit_rank", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("set_at", _NOW, nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("covers IN ('tree', 'page')", name="ck_access_rule_covers"),
        sa.CheckConstraint("read_rank BETWEEN 0 AND edit_rank", name="ck_access_rule_read_rank"),
        sa.CheckConstraint("edit_rank BETWEEN 1 AND 4", name="ck_access_rule_edit_rank"),
        _reference("access_rule", "set_by_id", "user", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_access_rule"),
        sa.UniqueConstraint("key", name="uq_access_rule_key"),
    )
    op.create_table(
        "access_grant",
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.CheckConstraint("level IN (1, 2)", name="ck_access_grant_level"),
        _reference("access_grant", "rule_id", "access_rule", "CASCADE"),
        _reference("access_grant", "group_id", "group", "CASCADE"),
        sa.PrimaryKeyConstraint("rule_id", "group_id", name="pk_access_grant"),
    )
    op.create_index("ix_access_grant_group_id", "access_grant", ["group_id"])
    versions = op.create_table(
        "access_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_access_version_one"),
        sa.PrimaryKeyConstraint("id", name="pk_access_version"),
    )
    # As before: what a wiki shows, everybody reads, and learners edit.
    root = {"path": "", "key": "", "covers": "tree", "read_rank": 0, "edit_rank": 2, "note": ""}
    op.bulk_insert(rules, [root | {"set_at": datetime.now(UTC)}])
    op.bulk_insert(versions, [{"id": 1, "number": 1}])
    with op.batch_alter_table("page") as batch:
        batch.add_column(
            sa.Column("rule_id", sa.Integer(), nullable=False, server_default=sa.text("1"))
        )
        batch.create_foreign_key(
            "fk_page_rule_id_access_rule", "access_rule", ["rule_id"], ["id"], ondelete="RESTRICT"
        )
    op.create_index("ix_page_rule_id", "page", ["rule_id"])


def _reference(table: str, column: str, to: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=ondelete)


def downgrade() -> None:
    op.drop_index("ix_page_rule_id", table_name="page")
    with op.batch_alter_table("page") as batch:
        batch.drop_constraint("fk_page_rule_id_access_rule", type_="foreignkey")
        batch.drop_column("rule_id")
    op.drop_table("access_version")
    op.drop_table("access_grant")
    op.drop_table("access_rule")
    op.drop_table("membership")
    op.drop_table("group")

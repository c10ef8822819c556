"""Proposals, and who accepted a revision that somebody else had proposed."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def _key_to(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target}"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def _partial_index(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(
        name,
        "proposal_page",
        columns,
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def upgrade() -> None:
    with op.batch_alter_table("revision") as batch:
        batch.add_column(sa.Column("accepted_by_id", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column("is_improved", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.create_foreign_key(
            "fk_revision_accepted_by_id_user",
            "user",
            ["accepted_by_id"],
            ["id"],
            ondelete="RESTRICT",
        )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("wanted_at", _TIME, nullable=False),
        sa.Column("decided_at", _TIME, nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'asked', 'accepted', 'declined', 'withdrawn')",
            name="ck_proposal_state",
        ),
        _key_to("proposal", "author_id", "user", "RESTRICT"),
        _key_to("proposal", "decided_by_id", "user", "RESTRICT"),
        _key_to("proposal", "thread_id", "thread", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
        sa.UniqueConstraint("thread_id", name="uq_proposal_thread_id"),
    )
    op.create_index("ix_proposal_state_id", "proposal", ["state", "id"])
    op.create_index("ix_proposal_author_id_state", "proposal", ["author_id", "state"])
    _create_pages()
    op.create_table(
        "proposal_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        _key_to("proposal_event", "proposal_id", "proposal", "CASCADE"),
        _key_to("proposal_event", "by_id", "user", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal_event"),
    )
    op.create_index("ix_proposal_event_proposal_id_id", "proposal_event", ["proposal_id", "id"])


def _create_pages() -> None:
    op.create_table(
        "proposal_page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("replaced_in", sa.Integer(), nullable=True),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=250), nullable=False),
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", _TIME, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("is_erased", sa.Boolean(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.CheckConstraint("page_id IS NOT NULL OR path <> ''", name="ck_proposal_page_place"),
        _key_to("proposal_page", "proposal_id", "proposal", "CASCADE"),
        _key_to("proposal_page", "page_id", "page", "RESTRICT"),
        _key_to("proposal_page", "by_id", "user", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal_page"),
    )
    op.create_index(
        "ix_proposal_page_proposal_id_number", "proposal_page", ["proposal_id", "number"]
    )
    _partial_index(
        "uq_proposal_page_page",
        ["proposal_id", "page_id"],
        "replaced_in IS NULL AND page_id IS NOT NULL",
        unique=True,
    )
    _partial_index(
        "uq_proposal_page_key",
        ["proposal_id", "key"],
        "replaced_in IS NULL AND page_id IS NULL",
        unique=True,
    )
    _partial_index("ix_proposal_page_page_id", ["page_id"], "page_id IS NOT NULL")
    op.create_index(
        "ix_proposal_page_waiting",
        "proposal_page",
        ["page_id"],
        sqlite_where=sa.text("is_counted = 1"),
        postgresql_where=sa.text("is_counted"),
    )


def downgrade() -> None:
    for table in ("proposal_event", "proposal_page", "proposal"):
        op.drop_table(table)
    with op.batch_alter_table("revision") as batch:
        batch.drop_constraint("fk_revision_accepted_by_id_user", type_="foreignkey")
        batch.drop_column("is_improved")
        batch.drop_column("accepted_by_id")

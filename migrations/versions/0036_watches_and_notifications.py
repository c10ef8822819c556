"""What people watch, what they were told, and how they want to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _user_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["user.id"], name=f"fk_{table}_user_id_user", ondelete="CASCADE"
    )


def upgrade() -> None:
    op.create_table(
        "watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("target", sa.String(length=508), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("since_number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(scope = 'page') = (page_id IS NOT NULL)", name="ck_watch_page"),
        sa.CheckConstraint(
            "scope IN ('page', 'tree', 'tag', 'kind', 'all')", name="ck_watch_scope"
        ),
        _user_key("watch"),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_watch_page_id_page", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_watch"),
        sa.UniqueConstraint("user_id", "target", name="uq_watch_user_id_target"),
    )
    op.create_index("ix_watch_target_user_id", "watch", ["target", "user_id"])
    op.create_index("ix_watch_page_id", "watch", ["page_id"])
    op.create_table(
        "told_event",
        sa.Column("number", _NUMBER, nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_told_event_page_id_page", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revision.id"],
            name="fk_told_event_revision_id_revision",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user.id"], name="fk_told_event_actor_id_user", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_told_event"),
    )
    for column in ("page_id", "revision_id", "actor_id", "at"):
        op.create_index(f"ix_told_event_{column}", "told_event", [column])
    op.create_table(
        "notification",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("event_number", _NUMBER, nullable=False),
        sa.Column("told_at", _TIME, nullable=False),
        sa.Column("read_at", _TIME, nullable=True),
        sa.Column("is_to_mail", sa.Boolean(), nullable=False),
        _user_key("notification"),
        sa.ForeignKeyConstraint(
            ["event_number"],
            ["told_event.number"],
            name="fk_notification_event_number_told_event",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "event_number", name="pk_notification"),
    )
    op.create_index("ix_notification_event_number", "notification", ["event_number"])
    _partial("ix_notification_unread", ["user_id", "event_number"], "read_at IS NULL")
    _partial("ix_notification_to_mail", ["user_id", "told_at"], "is_to_mail")
    op.create_table(
        "telling_choice",
        sa.Column("user_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("mail", sa.String(length=8), nullable=False),
        sa.Column("watches_created", sa.Boolean(), nullable=False),
        sa.Column("watches_edited", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "mail IN ('off', 'at-once', 'daily', 'weekly')", name="ck_telling_choice_mail"
        ),
        _user_key("telling_choice"),
        sa.PrimaryKeyConstraint("user_id", name="pk_telling_choice"),
    )
    op.add_column(
        "user", sa.Column("unread_count", sa.Integer(), nullable=False, server_default="0")
    )


def _partial(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name, "notification", columns, sqlite_where=condition, postgresql_where=condition
    )


def downgrade() -> None:
    op.drop_column("user", "unread_count")
    for table in ("telling_choice", "notification", "told_event", "watch"):
        op.drop_table(table)

"""Webhooks, the events that wait for them, and their messages."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def _time(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, sa.String(length=length), nullable=False, server_default="")


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        _text("signing_key", 100),
        _text("former_key", 100),
        _time("former_key_until", nullable=True),
        sa.Column("scope", sa.String(length=12), nullable=False),
        _text("scope_value", 250),
        _text("scope_key", 500),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False, server_default=sa.true()),
        _text("off_reason", 300),
        _time("created_at"),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        _text("lease", 32),
        _time("leased_until", nullable=True),
        _time("paused_until", nullable=True),
        _time("failing_since", nullable=True),
        sa.CheckConstraint("format IN ('discord', 'json')", name="ck_webhook_format"),
        sa.CheckConstraint(
            "scope IN ('everything', 'tree', 'tag', 'kind')", name="ck_webhook_scope"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("event_count", sa.Integer(), nullable=False, server_default="0"),
        _time("created_at"),
        _time("tried_since"),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        _time("next_attempt_at"),
        _time("sent_at", nullable=True),
        _text("last_error", 300),
        _text("remote_id", 40),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'failed')", name="ck_webhook_delivery_state"
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhook.id"],
            name="fk_webhook_delivery_webhook_id_webhook",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
        sa.UniqueConstraint("message_id", name="uq_webhook_delivery_message_id"),
    )
    op.create_index(
        "ix_webhook_delivery_webhook_id_state_id",
        "webhook_delivery",
        ["webhook_id", "state", "id"],
    )
    op.create_table(
        "webhook_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        _time("queued_at"),
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        _time("at"),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhook.id"],
            name="fk_webhook_event_webhook_id_webhook",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["webhook_delivery.id"],
            name="fk_webhook_event_delivery_id_webhook_delivery",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_event"),
        sa.UniqueConstraint("webhook_id", "number", name="uq_webhook_event_webhook_id_number"),
    )
    op.create_index(
        "ix_webhook_event_webhook_id_delivery_id", "webhook_event", ["webhook_id", "delivery_id"]
    )
    op.create_index("ix_webhook_event_delivery_id", "webhook_event", ["delivery_id"])


def downgrade() -> None:
    op.drop_table("webhook_event")
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")

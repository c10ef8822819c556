"""An audit log that knows whom an event is about and from where, and is only added to."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Erasing a phrase blacks it out here as well, with the mark of `wiki.redact`, and logs that it did.
_SAME = " AND ".join(
    f"NEW.{column} {{same}} OLD.{column}"
    for column in ("id", "at", "by_id", "about_id", "action", "network")
)
_BLACKED_OUT = f"{_SAME} AND NEW.subject LIKE '%████%'"
_REFUSAL = "'the audit log is only added to'"
# A migration that alters the table on SQLite copies it, and has to make these again.
_SQLITE = (
    "CREATE TRIGGER audit_event_kept_delete BEFORE DELETE ON audit_event "
    f"BEGIN SELECT RAISE(ABORT, {_REFUSAL}); END",
    "CREATE TRIGGER audit_event_kept_update BEFORE UPDATE ON audit_event "
    f"WHEN NOT ({_BLACKED_OUT.format(same='IS')}) BEGIN SELECT RAISE(ABORT, {_REFUSAL}); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION keep_audit_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF TG_OP = 'UPDATE' AND {_BLACKED_OUT.format(same='IS NOT DISTINCT FROM')} "
    f"THEN RETURN NEW; END IF; RAISE EXCEPTION {_REFUSAL}; END $$",
    "CREATE TRIGGER audit_event_kept BEFORE UPDATE OR DELETE ON audit_event "
    "FOR EACH ROW EXECUTE FUNCTION keep_audit_event()",
)


def upgrade() -> None:
    with op.batch_alter_table("audit_event") as table:
        table.add_column(sa.Column("about_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("network", sa.String(45), nullable=False, server_default=""))
        table.create_foreign_key(
            "fk_audit_event_about_id_user", "user", ["about_id"], ["id"], ondelete="RESTRICT"
        )
        table.create_index("ix_audit_event_by_id", ["by_id"])
        table.create_index("ix_audit_event_about_id", ["about_id"])
        table.create_index("ix_audit_event_action_id", ["action", "id"])
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_event_kept_delete")
        op.execute("DROP TRIGGER audit_event_kept_update")
    else:
        op.execute("DROP TRIGGER audit_event_kept ON audit_event")
        op.execute("DROP FUNCTION keep_audit_event")
    with op.batch_alter_table("audit_event") as table:
        table.drop_index("ix_audit_event_action_id")
        table.drop_index("ix_audit_event_about_id")
        table.drop_index("ix_audit_event_by_id")
        table.drop_constraint("fk_audit_event_about_id_user", type_="foreignkey")
        table.drop_column("network")
        table.drop_column("about_id")

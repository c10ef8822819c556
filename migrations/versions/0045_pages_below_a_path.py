"""An index of paths that PostgreSQL finds what is below one by, whatever its collation."""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_INDEX, _TABLE, _COLUMNS = "ix_page_key", "page", ["key"]


def upgrade() -> None:
    _make_anew({"key": "text_pattern_ops"})


def downgrade() -> None:
    _make_anew({})


def _make_anew(operators: dict[str, str]) -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite compares byte by byte
        op.drop_index(_INDEX, table_name=_TABLE)
        op.create_index(_INDEX, _TABLE, _COLUMNS, postgresql_ops=operators)

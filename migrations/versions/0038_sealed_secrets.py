"""Room for encrypted secrets of second factors."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("second_factor") as table:
        table.alter_column("secret", existing_type=sa.String(64), type_=sa.String(255))


def downgrade() -> None:
    # An older version can't read what was encrypted: whoever has such a factor sets up a new one.
    op.execute("DELETE FROM second_factor WHERE length(secret) > 64")
    with op.batch_alter_table("second_factor") as table:
        table.alter_column("secret", existing_type=sa.String(255), type_=sa.String(64))

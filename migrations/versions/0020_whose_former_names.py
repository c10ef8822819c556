"""Whose a former name was, so that it leads to them."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("former_name") as batch:
        batch.add_column(sa.Column("user_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            "fk_former_name_user_id_user", "user", ["user_id"], ["id"], ondelete="SET NULL"
        )
    op.create_index("ix_former_name_user_id", "former_name", ["user_id"])


def downgrade() -> None:
    op.drop_index("ix_former_name_user_id", table_name="former_name")
    with op.batch_alter_table("former_name") as batch:
        batch.drop_constraint("fk_former_name_user_id_user", type_="foreignkey")
        batch.drop_column("user_id")

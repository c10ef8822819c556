"""Which revision brought another one about."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("revision") as batch:
        batch.add_column(sa.Column("cause_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            "fk_revision_cause_id_revision", "revision", ["cause_id"], ["id"], ondelete="RESTRICT"
        )
    op.create_index(
        "ix_revision_cause_id",
        "revision",
        ["cause_id"],
        sqlite_where=sa.text("cause_id IS NOT NULL"),
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_revision_cause_id", table_name="revision")
    with op.batch_alter_table("revision") as batch:
        batch.drop_constraint("fk_revision_cause_id_revision", type_="foreignkey")
        batch.drop_column("cause_id")

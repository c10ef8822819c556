"""Links of new people that are held back."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held_link",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(32), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_held_link_page_id_page", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revision.id"],
            name="fk_held_link_revision_id_revision",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("page_id", "hash", name="pk_held_link"),
    )
    op.create_index("ix_held_link_revision_id", "held_link", ["revision_id"])


def downgrade() -> None:
    op.drop_table("held_link")

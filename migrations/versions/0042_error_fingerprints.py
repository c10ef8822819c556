"""The fingerprints of the errors that challenges are about; `nexus check --repair` derives them."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "error_fingerprint",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_error_fingerprint_page_id_page", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", "hash", name="pk_error_fingerprint"),
    )
    op.create_index("ix_error_fingerprint_hash", "error_fingerprint", ["hash"])


def downgrade() -> None:
    op.drop_table("error_fingerprint")

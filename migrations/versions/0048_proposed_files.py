"""What a proposal does with files: another version of one, or its deletion."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposal_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("is_left_out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_proposal_file_proposal_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["file.id"],
            name=op.f("fk_proposal_file_file_id_file"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_file")),
        sa.UniqueConstraint(
            "proposal_id", "file_id", name=op.f("uq_proposal_file_proposal_id_file_id")
        ),
    )
    op.create_index(op.f("ix_proposal_file_file_id"), "proposal_file", ["file_id"])


def downgrade() -> None:
    op.drop_table("proposal_file")
    op.execute("DELETE FROM file_version WHERE action = 'propose'")

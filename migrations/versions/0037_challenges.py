"""What people say of challenges, and who solved them."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "challenge_vote",
        sa.Column("page_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("vote", sa.String(length=8), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("vote IN ('same', 'worked')", name="ck_challenge_vote_vote"),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_challenge_vote_page_id_page", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_challenge_vote_user_id_user", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("page_id", "vote", "user_id", name="pk_challenge_vote"),
    )
    op.create_index("ix_challenge_vote_user_id", "challenge_vote", ["user_id"])
    op.create_table(
        "challenge_solution",
        sa.Column("page_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("solver_id", sa.Integer(), nullable=True),
        sa.Column("marked_by_id", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_challenge_solution_page_id_page", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["solver_id"],
            ["user.id"],
            name="fk_challenge_solution_solver_id_user",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["marked_by_id"],
            ["user.id"],
            name="fk_challenge_solution_marked_by_id_user",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("page_id", name="pk_challenge_solution"),
    )
    op.create_index("ix_challenge_solution_solver_id", "challenge_solution", ["solver_id"])


def downgrade() -> None:
    op.drop_index("ix_challenge_solution_solver_id", table_name="challenge_solution")
    op.drop_table("challenge_solution")
    op.drop_index("ix_challenge_vote_user_id", table_name="challenge_vote")
    op.drop_table("challenge_vote")

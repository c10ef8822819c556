"""Mentors, and what they have looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROLES = "role IN ('reader', 'learner', 'admin')"
ROLES_WITH_MENTOR = "role IN ('reader', 'learner', 'mentor', 'admin')"


def upgrade() -> None:
    _check_roles(ROLES_WITH_MENTOR)
    op.create_table(
        "review_mark",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_review_mark_user_id_user", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revision.id"],
            name="fk_review_mark_revision_id_revision",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "revision_id", name="pk_review_mark"),
    )
    op.create_index("ix_review_mark_revision_id", "review_mark", ["revision_id"])


def downgrade() -> None:
    op.drop_table("review_mark")
    # What an older version doesn't know is the next lower one it does.
    op.execute(sa.text("UPDATE \"user\" SET role = 'learner' WHERE role = 'mentor'"))
    _check_roles(ROLES)


def _check_roles(condition: str) -> None:
    with op.batch_alter_table("user") as batch:
        batch.drop_constraint(op.f("ck_user_role"), type_="check")
        batch.create_check_constraint(op.f("ck_user_role"), condition)

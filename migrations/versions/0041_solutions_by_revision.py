"""Since which revision a challenge is solved; who asked has no vote of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_CURRENT = "(SELECT revision_count FROM page WHERE page.id = challenge_solution.page_id)"
_ASKER = (
    "(SELECT author_id FROM revision WHERE revision.page_id = challenge_vote.page_id "
    "AND revision.number = 1)"
)


def upgrade() -> None:
    number = sa.Column("revision_number", sa.Integer(), server_default="1", nullable=False)
    op.add_column("challenge_solution", number)
    op.execute(f"UPDATE challenge_solution SET revision_number = {_CURRENT}")  # noqa: S608
    op.execute(f"DELETE FROM challenge_vote WHERE vote = 'same' AND user_id = {_ASKER}")  # noqa: S608


def downgrade() -> None:
    op.drop_column("challenge_solution", "revision_number")

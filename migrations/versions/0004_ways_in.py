"""Invitations, sessions, and how names look."""

import sqlalchemy as sa
from alembic import op

from wiki.accounts.credentials.confusables import SKELETON_LIMIT, skeleton

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("used <= allowed", name="ck_invitation_used"),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["user.id"],
            name="fk_invitation_made_by_id_user",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("is_remembered", sa.Boolean(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_login_session_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_login_session"),
    )
    op.create_index("ix_login_session_user_id", "login_session", ["user_id"])
    with op.batch_alter_table("user") as batch:
        batch.add_column(sa.Column("invitation_id", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column("username_skeleton", sa.String(length=SKELETON_LIMIT), nullable=True)
        )
        batch.create_foreign_key(
            "fk_user_invitation_id_invitation",
            "invitation",
            ["invitation_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        batch.create_unique_constraint("uq_user_username_skeleton", ["username_skeleton"])
    _fill_skeletons()


def _fill_skeletons() -> None:
    """Of people whose names look alike already, the first one's stands for all."""
    user = sa.table(
        "user",
        sa.column("id", sa.Integer),
        sa.column("username", sa.String),
        sa.column("username_skeleton", sa.String),
    )
    connection = op.get_bind()
    rows = connection.execute(sa.select(user.c.id, user.c.username).order_by(user.c.id)).all()
    seen: set[str] = set()
    for row in rows:
        looks = skeleton(row.username)[:SKELETON_LIMIT]
        if looks not in seen:
            seen.add(looks)
            filled = sa.update(user).where(user.c.id == row.id)
            connection.execute(filled.values(username_skeleton=looks))


def downgrade() -> None:
    with op.batch_alter_table("user") as batch:
        batch.drop_constraint("uq_user_username_skeleton", type_="unique")
        batch.drop_constraint("fk_user_invitation_id_invitation", type_="foreignkey")
        batch.drop_column("username_skeleton")
        batch.drop_column("invitation_id")
    op.drop_table("login_session")
    op.drop_table("invitation")

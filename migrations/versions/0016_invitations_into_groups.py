"""What invitations give: a role, and groups."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    role = sa.Column("role", sa.String(length=16), nullable=False, server_default="learner")
    with op.batch_alter_table("invitation") as batch:
        batch.add_column(role)
        batch.create_check_constraint(
            op.f("ck_invitation_role"), "role IN ('reader', 'learner', 'mentor')"
        )
    op.create_table(
        "invitation_group",
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
            name="fk_invitation_group_invitation_id_invitation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["group.id"],
            name="fk_invitation_group_group_id_group",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("invitation_id", "group_id", name="pk_invitation_group"),
    )
    op.create_index("ix_invitation_group_group_id", "invitation_group", ["group_id"])


def downgrade() -> None:
    op.drop_index("ix_invitation_group_group_id", table_name="invitation_group")
    op.drop_table("invitation_group")
    with op.batch_alter_table("invitation") as batch:
        batch.drop_constraint(op.f("ck_invitation_role"), type_="check")
        batch.drop_column("role")

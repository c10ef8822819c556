"""Authors without an account, and which histories of Git were imported how far."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def _key_to(column: str, target: str) -> sa.ForeignKey:
    name = f"fk_git_import_name_{column}_{target}"
    return sa.ForeignKey(f"{target}.id", name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.add_column("revision", sa.Column("author_name", sa.String(100)))
    op.create_table(
        "git_import",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("source", sa.String(1000), nullable=False),
        sa.Column("branch", sa.String(255), nullable=False),
        sa.Column("folder", sa.String(500), nullable=False),
        sa.Column("tip", sa.String(40), nullable=False),
        sa.Column("done", sa.String(40), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("source", "branch", "folder", name="uq_git_import_source"),
    )
    op.create_table(
        "git_import_name",
        sa.Column(
            "import_id",
            sa.Integer(),
            _key_to("import_id", "git_import"),
            primary_key=True,
        ),
        sa.Column("name", sa.String(1000), primary_key=True),
        sa.Column("page_id", sa.Integer(), _key_to("page_id", "page")),
        sa.Column("number", sa.Integer()),
        sa.Column("file_id", sa.Integer(), _key_to("file_id", "file")),
    )
    op.create_index("ix_git_import_name_page_id", "git_import_name", ["page_id"])
    op.create_index("ix_git_import_name_file_id", "git_import_name", ["file_id"])


def downgrade() -> None:
    op.drop_table("git_import_name")
    op.drop_table("git_import")
    op.drop_column("revision", "author_name")

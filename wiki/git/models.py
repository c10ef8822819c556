"""Which Git histories were imported, and how far."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import db, utcnow
from wiki.files.models import File
from wiki.pages.models import Page

SOURCE_LIMIT, BRANCH_LIMIT, FOLDER_LIMIT = 1_000, 255, 500  # characters
NAME_LIMIT = 1_000  # characters of a file's path


class GitImport(db.Model):  # type: ignore[name-defined,misc]
    """A branch, or one folder of it, whose history is imported up to `done`.

    `tip` is the newest commit of the branch when the current import started.
    """

    __tablename__ = "git_import"
    __table_args__ = (UniqueConstraint("source", "branch", "folder", name="uq_git_import_source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(SOURCE_LIMIT))
    branch: Mapped[str] = mapped_column(String(BRANCH_LIMIT))
    folder: Mapped[str] = mapped_column(String(FOLDER_LIMIT))
    tip: Mapped[str] = mapped_column(String(40))
    done: Mapped[str] = mapped_column(String(40))
    # The commit after `done` if it is partly imported, and how many of its changes are.
    part_commit: Mapped[str] = mapped_column(String(40), default="", server_default="")
    part: Mapped[int] = mapped_column(default=0, server_default="0")
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)


class GitImportName(db.Model):  # type: ignore[name-defined,misc]
    """The page or file that a file of a repository became.

    `number` is the last revision that was imported. A row with neither is left out: the page at
    its path comes from elsewhere.
    """

    __tablename__ = "git_import_name"

    import_id: Mapped[int] = mapped_column(
        ForeignKey(GitImport.id, ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(NAME_LIMIT), primary_key=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey(Page.id, ondelete="CASCADE"), index=True)
    number: Mapped[int | None] = mapped_column()
    file_id: Mapped[int | None] = mapped_column(ForeignKey(File.id, ondelete="CASCADE"), index=True)

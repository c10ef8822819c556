"""Files, their versions and their contents."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wiki.accounts.models import User
from wiki.database import db, utcnow

CONTENT_HASH_LENGTH = 64  # hex digits of SHA-256
ERASED_HASH = "erased"  # replaces the hash of an erased content
PROPOSED = "propose"  # action of a version that waits for acceptance
FILENAME_LIMIT = 150  # characters of a file's name, including its extension


class FileContent(db.Model):  # type: ignore[name-defined,misc]
    """A content; its bytes are in the store under this hash."""

    __tablename__ = "file_content"

    hash: Mapped[str] = mapped_column(String(CONTENT_HASH_LENGTH), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)  # bytes
    width: Mapped[int | None] = mapped_column()  # pixels, of a picture
    height: Mapped[int | None] = mapped_column()
    is_animated: Mapped[bool] = mapped_column(default=False)
    # The extracted text of texts, code, notebooks and PDFs, for search.
    text: Mapped[str] = mapped_column(default="")


class FileVariant(db.Model):  # type: ignore[name-defined,misc]
    """A smaller version of a picture, by width and format."""

    __tablename__ = "file_variant"

    of_hash: Mapped[str] = mapped_column(
        ForeignKey("file_content.hash", ondelete="CASCADE"), primary_key=True
    )
    width: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # pixels
    media_type: Mapped[str] = mapped_column(String(100), primary_key=True)
    hash: Mapped[str] = mapped_column(String(CONTENT_HASH_LENGTH), index=True)
    size: Mapped[int] = mapped_column(BigInteger)  # bytes


class File(db.Model):  # type: ignore[name-defined,misc]
    """A file; its name and content may change, and texts link to its `id`."""

    __tablename__ = "file"
    __table_args__ = (CheckConstraint("version_count >= 0", name="version_count"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # The page to which it belongs; `None` for the library.
    page_id: Mapped[int | None] = mapped_column(
        ForeignKey("page.id", ondelete="RESTRICT"), index=True
    )
    name: Mapped[str] = mapped_column(String(FILENAME_LIMIT))
    name_key: Mapped[str] = mapped_column(String(3 * FILENAME_LIMIT), index=True)
    content_hash: Mapped[str] = mapped_column(
        ForeignKey("file_content.hash", ondelete="RESTRICT"), index=True
    )
    # The number of the current version; the next one is assigned under the row's lock.
    version_count: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    deleted_at: Mapped[datetime | None] = mapped_column()
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))


class FileVersion(db.Model):  # type: ignore[name-defined,misc]
    """A change of a file (including deletion and renaming), and its state afterwards."""

    __tablename__ = "file_version"
    __table_args__ = (
        UniqueConstraint("file_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        Index("ix_file_version_author_id_id", "author_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("file.id", ondelete="RESTRICT"))
    number: Mapped[int] = mapped_column()
    # "upload", "replace", "restore", "rename", "delete", "undelete", "erase", "propose" (which
    # changes nothing yet) or "accept"
    action: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(FILENAME_LIMIT))
    # For texts that refer to the file by a former name.
    name_key: Mapped[str] = mapped_column(String(3 * FILENAME_LIMIT), index=True, server_default="")
    content_hash: Mapped[str] = mapped_column(
        ForeignKey("file_content.hash", ondelete="RESTRICT"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    author: Mapped[User | None] = relationship(lazy="raise")
    content: Mapped[FileContent] = relationship(lazy="raise")


class FileUse(db.Model):  # type: ignore[name-defined,misc]
    """A page’s current text links or shows a file by id, whether or not the file exists."""

    __tablename__ = "file_use"

    page_id: Mapped[int] = mapped_column(
        ForeignKey("page.id", ondelete="CASCADE"), primary_key=True
    )
    file_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)


class FileMention(db.Model):  # type: ignore[name-defined,misc]
    """A page’s current text shows a file by name, regardless of which file has the name."""

    __tablename__ = "file_mention"

    page_id: Mapped[int] = mapped_column(
        ForeignKey("page.id", ondelete="CASCADE"), primary_key=True
    )
    name_key: Mapped[str] = mapped_column(String(3 * FILENAME_LIMIT), primary_key=True, index=True)

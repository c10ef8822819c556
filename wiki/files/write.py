"""The write path of files: all changes go through this module.

`by` is the id of the acting user; `None` means the operator of the wiki.
"""

from collections.abc import Collection
from typing import IO

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from wiki.app_state import current_settings
from wiki.database import db, is_postgresql, utcnow, write_transaction
from wiki.files.errors import FileNotThere
from wiki.files.inspection.media_types import with_extension
from wiki.files.models import ERASED_HASH, File, FileContent, FileVersion
from wiki.files.names import check_filename, filename_key, free_filename, sanitize_filename
from wiki.files.page_gateway import page_gateway
from wiki.files.quota import check_file_quota
from wiki.files.storage.intake import StoredFile, inspect_and_store, received, store_inspected
from wiki.instance.durable import checksum


def upload_file(source: IO[bytes], name: str, *, page_id: int | None, by: int | None) -> int:
    """Store a new file of a page, or of the library without one; returns its id.

    Raises `FileRefused`, `StoreUnavailable`, `StorageUnavailable`.
    """
    name = sanitize_filename(name)
    stored = inspect_and_store(source, name, by=by)
    name = with_extension(name, stored.report.media_type)
    with write_transaction() as session:
        check_file_quota(session, by, stored.size)
        stored.insert(session)
        name = free_name(session, name, page_id)
        return _add(session, stored, name, page_id=page_id, by=by)


def _add(
    session: Session,
    stored: StoredFile,
    name: str,
    *,
    page_id: int | None,
    by: int | None,
    file_id: int | None = None,
) -> int:
    file = File(
        id=file_id,
        page_id=page_id,
        name=name,
        name_key=filename_key(name),
        content_hash=stored.hash,
        version_count=0,
    )
    session.add(file)
    session.flush()
    append_version(session, file, "upload", by)
    return file.id


class FileIdTaken(ValueError):
    """Another file has this id."""


def import_file(
    file_id: int,
    source: IO[bytes],
    name: str,
    *,
    page_id: int | None,
    by: int | None,
    is_renumbering: bool = False,
) -> bool:
    """Store a file of an export under its id; `False` if it exists with this content.

    If another file has that id, `is_renumbering` gives it a new one, unless the page or the library
    has a file with this name and content. No quota applies. Raises `FileIdTaken` and what
    `upload_file` raises.
    """
    with received(source, current_settings().upload_limit) as sent:
        sum_ = checksum(sent)
        there = db.session.scalar(select(File.content_hash).where(File.id == file_id))
        if there == sum_ or (is_renumbering and _has(page_id, name, sum_)):
            return False
        if there is not None and not is_renumbering:
            raise FileIdTaken(file_id)
        stored = store_inspected(sent, name)
    with write_transaction() as session:
        if there is not None:
            file_id, name = next_file_id(0), free_name(session, name, page_id)
        add_stored_file(session, stored, name, page_id=page_id, by=by, file_id=file_id)
    return True


def _has(page_id: int | None, name: str, content_hash: str) -> bool:
    """Whether the page, or the library, has a file with this name and content."""
    place = File.page_id.is_(None) if page_id is None else File.page_id == page_id
    found = select(File.id).where(
        place, File.deleted_at.is_(None), File.name_key == filename_key(name)
    )
    return db.session.scalar(found.where(File.content_hash == content_hash).limit(1)) is not None


def next_file_id(after: int) -> int:
    """An unused id above `after`; on SQLite another process may take it first."""
    session = db.session()
    if is_postgresql(session):
        return int(session.scalar(text("SELECT nextval(pg_get_serial_sequence('file', 'id'))")))
    return max(after, session.scalar(select(func.max(File.id))) or 0) + 1


def add_stored_file(
    session: Session,
    stored: StoredFile,
    name: str,
    *,
    file_id: int,
    page_id: int | None,
    by: int | None,
) -> None:
    """Insert a file under an unused id, in the caller’s transaction.

    No quota applies, since only operators import whole wikis.
    """
    stored.insert(session)
    _add(session, stored, name, page_id=page_id, by=by, file_id=file_id)
    if is_postgresql(session):
        # Inserting an explicit id doesn't advance the sequence.
        last = "SELECT setval(pg_get_serial_sequence('file', 'id'), max(id)) FROM file"
        session.execute(text(last))


def replace_content(file_id: int, source: IO[bytes], name: str, *, by: int | None) -> None:
    """Store a new version of a file; its id and name stay, except for the extension.

    Raises `FileNotThere` and what `upload_file` raises.
    """
    stored = inspect_and_store(source, sanitize_filename(name), by=by)
    with write_transaction() as session:
        check_file_quota(session, by, stored.size)
        file = lock_file_row(session, file_id)
        stored.insert(session)
        file.content_hash = stored.hash
        set_name(file, with_extension(file.name, stored.report.media_type))
        append_version(session, file, "replace", by)


def rename_file(file_id: int, name: str, *, by: int | None) -> None:
    """Rename a file; its extension still matches its type.

    Raises `FileRefused`, `FileNotThere`.
    """
    name = check_filename(name)
    with write_transaction() as session:
        file = lock_file_row(session, file_id)
        media_type = session.scalar(
            select(FileContent.media_type).where(FileContent.hash == file.content_hash)
        )
        name = with_extension(name, media_type or "")
        if name != file.name:
            set_name(file, check_filename(name))
            append_version(session, file, "rename", by)


def restore_version(file_id: int, number: int, *, by: int | None) -> None:
    """Restore the content of an earlier version, as a new version.

    Raises `FileNotThere`.
    """
    with write_transaction() as session:
        file = lock_file_row(session, file_id)
        content = session.scalar(
            select(FileContent)
            .join(FileVersion, FileVersion.content_hash == FileContent.hash)
            .where(FileVersion.file_id == file_id, FileVersion.number == number)
            .where(FileContent.hash != ERASED_HASH)
        )
        if content is None:
            raise FileNotThere(file_id)
        if content.hash != file.content_hash:
            file.content_hash = content.hash
            set_name(file, with_extension(file.name, content.media_type))
            append_version(session, file, "restore", by)


def delete_file(file_id: int, *, by: int | None) -> None:
    """Delete a file; its versions stay, and it can be restored. Raises `FileNotThere`."""
    with write_transaction() as session:
        file = lock_file_row(session, file_id)
        file.deleted_at, file.deleted_by_id = utcnow(), by
        append_version(session, file, "delete", by)


def undelete_file(file_id: int, *, by: int | None) -> None:
    """Restore a deleted file. Raises `FileNotThere`."""
    with write_transaction() as session:
        file = lock_file_row(session, file_id, is_deleted=True)
        file.deleted_at = file.deleted_by_id = None
        append_version(session, file, "undelete", by)


def free_name(session: Session, name: str, page_id: int | None) -> str:
    """`name`, with a number if the page, or the library, has a file with that name."""
    taken = set(
        session.scalars(
            select(File.name_key).where(
                File.page_id.is_(None) if page_id is None else File.page_id == page_id,
                File.deleted_at.is_(None),
            )
        )
    )
    return free_filename(name, taken)


def lock_files(session: Session, ids: Collection[int]) -> dict[int, File]:
    """The files, including deleted ones, reloaded under their locks, by id.

    Locked in order of id.
    """
    query = select(File).where(File.id.in_(ids)).order_by(File.id).with_for_update()
    query = query.execution_options(populate_existing=True)
    return {file.id: file for file in session.scalars(query)}


def lock_file_row(session: Session, file_id: int, *, is_deleted: bool | None = False) -> File:
    """The file, reloaded under its lock; `is_deleted=None` accepts both states.

    Raises `FileNotThere`.
    """
    file = lock_files(session, [file_id]).get(file_id)
    if file is None or is_deleted not in (None, file.deleted_at is not None):
        raise FileNotThere(file_id)
    return file


def set_name(file: File, name: str) -> None:
    """Set the name of a file, which must be clean, and its comparison key."""
    file.name, file.name_key = name, filename_key(name)


def append_version(session: Session, file: File, action: str, by: int | None) -> None:
    """Add a version with the current state of `file`, and have the search index updated."""
    now = utcnow()
    file.version_count += 1
    file.updated_at = now
    session.add(
        FileVersion(
            file_id=file.id,
            number=file.version_count,
            action=action,
            name=file.name,
            name_key=file.name_key,
            content_hash=file.content_hash,
            author_id=by,
            created_at=now,
        )
    )
    session.flush()
    page_gateway().announce(session, file)

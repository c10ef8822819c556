"""The one write path of files: whatever changes one goes through a function of this module.

`by` is the id of the person who does it; `None` stands for who runs the wiki.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from wiki.access.save_limits import quota_in_bytes
from wiki.accounts.models import User
from wiki.app_state import current_settings
from wiki.config import Settings
from wiki.database import db, insert_into, is_postgresql, utcnow, write_transaction
from wiki.files.errors import FileNotThere, FileRefused, StoreUnavailable
from wiki.files.inspection.media_types import with_extension
from wiki.files.inspection.report import InspectionReport
from wiki.files.inspection.sandbox import inspect_file
from wiki.files.models import ERASED_HASH, File, FileContent, FileVariant, FileVersion
from wiki.files.names import check_filename, filename_key, numbered_filename, sanitize_filename
from wiki.files.page_gateway import page_gateway
from wiki.files.storage.content_store import (
    COPY_SIZE,
    MEGABYTE,
    current_store,
    hash_file,
    upload_folder,
)


class StoredFile:
    """What an examined and stored content is known by."""

    def __init__(self, report: InspectionReport) -> None:
        self.report = report
        self.hash = hash_file(Path(report.file))
        self.size = Path(report.file).stat().st_size
        self.variants = [
            {
                "of_hash": self.hash,
                "width": variant.width,
                "media_type": variant.media_type,
                "hash": hash_file(Path(variant.file)),
                "size": Path(variant.file).stat().st_size,
            }
            for variant in report.variants
        ]

    def put(self) -> None:
        """Hand everything to the store: before the transaction that tells of it."""
        store = current_store()
        store.put(Path(self.report.file), self.hash)
        for row, variant in zip(self.variants, self.report.variants, strict=True):
            store.put(Path(variant.file), str(row["hash"]))

    def insert(self, session: Session) -> None:
        """The rows of the content, unless they are there."""
        report = self.report
        values = {
            "hash": self.hash,
            "media_type": report.media_type,
            "size": self.size,
            "width": report.width,
            "height": report.height,
            "is_animated": report.is_animated,
            "text": report.text.replace("\x00", "\ufffd"),
        }
        _insert_new(session, FileContent, values)
        for row in self.variants:
            _insert_new(session, FileVariant, row)


def _insert_new(session: Session, model: type[Any], values: Mapping[str, object]) -> None:
    # Somebody else may store the same content at this moment.
    session.execute(insert_into(session, model).values(**values).on_conflict_do_nothing())


def upload_file(source: IO[bytes], name: str, *, page_id: int | None, by: int | None) -> int:
    """Store a new file of a page, or of the library; returns its id.

    Raises `FileRefused`, `StoreUnavailable`, `StorageUnavailable`.
    """
    name = sanitize_filename(name)
    with upload_folder(_settings()) as folder:
        stored = _take(source, name, folder, by)
        name = with_extension(name, stored.report.media_type)
        with write_transaction() as session:
            _check_quota(session, by, stored.size)
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
    file_id: int, source: IO[bytes], name: str, *, page_id: int | None, by: int | None
) -> bool:
    """Store a file of an export under the id it had; false when it is there with this content.

    Raises `FileIdTaken` and what `upload_file` raises, but asks for no quota.
    """
    with upload_folder(_settings()) as folder:
        sent = folder / "sent"
        _receive(source, sent)
        there = db.session.scalar(select(File.content_hash).where(File.id == file_id))
        if there == hash_file(sent):
            return False
        if there is not None:
            raise FileIdTaken(file_id)
        stored = _inspect_and_store(sent, name, folder)
        with write_transaction() as session:
            add_stored_file(session, stored, name, page_id=page_id, by=by, file_id=file_id)
    return True


def inspect_and_store(source: IO[bytes], name: str) -> StoredFile:
    """Look into a content and store it; `add_stored_file` makes a file of it. Raises `FileRefused`,
    `StoreUnavailable` and what `source` raises."""
    with upload_folder(_settings()) as folder:
        sent = folder / "sent"
        _receive(source, sent)
        return _inspect_and_store(sent, name, folder)


def next_file_id(after: int) -> int:
    """An id above `after` that no file has; on SQLite somebody may be quicker to take it."""
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
    """A file under an id that the caller has found free, inside the caller's transaction.

    No quota is asked for: whoever brings in a whole wiki runs this one.
    """
    stored.insert(session)
    _add(session, stored, name, page_id=page_id, by=by, file_id=file_id)
    if is_postgresql(session):
        # An id that was given is none that the sequence counted.
        last = "SELECT setval(pg_get_serial_sequence('file', 'id'), max(id)) FROM file"
        session.execute(text(last))


def replace_content(file_id: int, source: IO[bytes], name: str, *, by: int | None) -> None:
    """Store a new version of a file; it keeps its id and its name, but for the ending.

    Raises `FileNotThere` and what `upload_file` raises.
    """
    with upload_folder(_settings()) as folder:
        stored = _take(source, sanitize_filename(name), folder, by)
        with write_transaction() as session:
            _check_quota(session, by, stored.size)
            file = lock_file(session, file_id)
            stored.insert(session)
            file.content_hash = stored.hash
            set_name(file, with_extension(file.name, stored.report.media_type))
            append_version(session, file, "replace", by)


def rename_file(file_id: int, name: str, *, by: int | None) -> None:
    """Give a file another name; its ending stays that of its type.

    Raises `FileRefused`, `FileNotThere`.
    """
    name = check_filename(name)
    with write_transaction() as session:
        file = lock_file(session, file_id)
        media_type = session.scalar(
            select(FileContent.media_type).where(FileContent.hash == file.content_hash)
        )
        name = with_extension(name, media_type or "")
        if name != file.name:
            set_name(file, check_filename(name))
            append_version(session, file, "rename", by)


def restore_version(file_id: int, number: int, *, by: int | None) -> None:
    """Make the content of an earlier version the current one again, as a version of its own.

    Raises `FileNotThere`.
    """
    with write_transaction() as session:
        file = lock_file(session, file_id)
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
    """Take a file away; its versions stay and it can come back. Raises `FileNotThere`."""
    with write_transaction() as session:
        file = lock_file(session, file_id)
        file.deleted_at, file.deleted_by_id = utcnow(), by
        append_version(session, file, "delete", by)


def undelete_file(file_id: int, *, by: int | None) -> None:
    """Bring a deleted file back. Raises `FileNotThere`."""
    with write_transaction() as session:
        file = lock_file(session, file_id, is_deleted=True)
        file.deleted_at = file.deleted_by_id = None
        append_version(session, file, "undelete", by)


def used_bytes(session: Session, user_id: int) -> int:
    """Bytes of everything a person has sent, old versions and deleted files included."""
    total = session.scalar(
        select(func.sum(FileContent.size))
        .join(FileVersion, FileVersion.content_hash == FileContent.hash)
        .where(FileVersion.author_id == user_id, FileVersion.action.in_(("upload", "replace")))
    )
    return int(total or 0)


def _settings() -> Settings:
    settings = current_settings()
    return settings


def _take(source: IO[bytes], name: str, folder: Path, by: int | None) -> StoredFile:
    """Receive, examine and store a content."""
    sent = folder / "sent"
    _receive(source, sent)
    _check_quota(db.session(), by, sent.stat().st_size)
    return _inspect_and_store(sent, name, folder)


def _inspect_and_store(sent: Path, name: str, folder: Path) -> StoredFile:
    db.session.rollback()  # no reader's transaction is held open meanwhile
    stored = StoredFile(inspect_file(sent, name, folder))
    stored.put()
    return stored


def _receive(source: IO[bytes], target: Path) -> None:
    try:
        with target.open("wb") as file:
            shutil.copyfileobj(source, file, COPY_SIZE)
    except OSError as error:  # a full disk, say
        raise StoreUnavailable(str(error)) from error
    size, limit = target.stat().st_size, _settings().upload_limit
    if not size:
        raise FileRefused("empty")
    if size > limit * MEGABYTE:
        raise FileRefused("too-large", actual=size, limit=limit * MEGABYTE)


def _check_quota(session: Session, by: int | None, size: int) -> None:
    if by is None:  # who runs the wiki
        return
    # Two uploads of one person at once wait for each other here, or both would fit.
    role = session.scalar(select(User.role).where(User.id == by).with_for_update())
    used, quota = used_bytes(session, by), quota_in_bytes(_settings().upload_quota, role)
    if used + size > quota:
        raise FileRefused("quota", used=used, limit=quota)


def free_name(session: Session, name: str, page_id: int | None) -> str:
    """`name`, or with a number when the page (or the library) has a file of that name."""
    taken = set(
        session.scalars(
            select(File.name_key).where(
                File.page_id.is_(None) if page_id is None else File.page_id == page_id,
                File.deleted_at.is_(None),
            )
        )
    )
    number, free = 1, name
    while filename_key(free) in taken:
        number += 1
        free = numbered_filename(name, number)
    return free


def lock_file(session: Session, file_id: int, *, is_deleted: bool = False) -> File:
    """The file, read anew under its lock. Raises `FileNotThere`."""
    file: File | None = session.scalar(
        select(File)
        .where(File.id == file_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if file is None or (file.deleted_at is not None) != is_deleted:
        raise FileNotThere(file_id)
    return file


def set_name(file: File, name: str) -> None:
    file.name, file.name_key = name, filename_key(name)


def append_version(session: Session, file: File, action: str, by: int | None) -> None:
    """Add the version that says what `file` is now, and tell search about it."""
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

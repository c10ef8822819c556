"""Erases files permanently: versions, names and contents.

An erased version stays in the list, without its content. A file without other versions is deleted
and can’t be restored.
"""

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, union, update
from sqlalchemy.orm import Session

from wiki.accounts.audit_log import log_event, register_actions
from wiki.database import db, overwrite_deleted, utcnow, write_transaction
from wiki.files.errors import FileNotThere, StoreUnavailable
from wiki.files.inspection.media_types import PLAIN_TEXT, with_extension
from wiki.files.models import ERASED_HASH, PROPOSED, File, FileContent, FileVariant, FileVersion
from wiki.files.names import filename_key
from wiki.files.page_gateway import page_gateway
from wiki.files.storage.content_store import current_store
from wiki.files.write import append_version, free_name, lock_file_row, set_name
from wiki.i18n import lazy as _l
from wiki.redact import REDACTION, ErasedPhrase

log = logging.getLogger(__name__)

register_actions({"erase-file": _l("File erased")})


@dataclass(frozen=True, slots=True)
class ErasedFile:
    """How many versions lost their content, how many other files still have it, and how many
    contents the store could not delete now.
    """

    versions: int
    elsewhere: int = 0
    undeleted: int = 0


@dataclass(frozen=True, slots=True)
class ErasePreview:
    """A file that is to be erased, completely or one version.

    `numbers` are the versions with affected contents, `others` `(id, name)` of files that have such
    a content and keep it; `is_all` means that nothing is left of the file.
    """

    id: int
    name: str
    is_deleted: bool
    number: int | None
    numbers: Sequence[int]
    others: Sequence[tuple[int, str]]
    is_all: bool


def preview_erase(file_id: int, number: int | None) -> ErasePreview:
    """What `erase_file` would erase; for administrators, also in deleted files.

    Raises `FileNotThere`.
    """
    session = db.session()
    file = session.get(File, file_id)
    hashes = content_hashes(session, file_id, number)
    if file is None or not hashes:
        raise FileNotThere(file_id)
    rows = session.execute(
        select(FileVersion.number, FileVersion.content_hash)
        .where(FileVersion.file_id == file_id, FileVersion.content_hash != ERASED_HASH)
        .order_by(FileVersion.number)
    ).all()
    numbers = [row.number for row in rows if row.content_hash in hashes]
    others = files_sharing(session, file_id, hashes)
    is_deleted = file.deleted_at is not None
    is_all = len(numbers) == len(rows)
    return ErasePreview(file.id, file.name, is_deleted, number, numbers, others, is_all)


def erase_file(file_id: int, number: int | None, *, why: str, by: int) -> ErasedFile:
    """Erase the content of a version, in all versions of the file that have it.

    Without a number, erase everything, including names. Also works on deleted files. Raises
    `FileNotThere`, also if nothing is left to erase.
    """
    with write_transaction() as session:
        overwrite_deleted(session)
        file = lock_file_row(session, file_id, is_deleted=None)
        hashes = content_hashes(session, file_id, number)
        if not hashes:
            raise FileNotThere(file_id)
        if number is None:
            _forget_names(session, file)
        versions = erase_contents(session, file, hashes, by)
        append_version(session, file, "erase", by)
        elsewhere = len(files_sharing(session, file_id, hashes))
        gone = release_contents(session, hashes)
        subject = f"/files/{file_id}" if number is None else f"/files/{file_id} ({number})"
        log_event(session, "erase-file", by=by, subject=f"{subject}: {why}")
    undeleted = delete_contents(gone)
    page_gateway().purge()
    return ErasedFile(versions, elsewhere, undeleted)


def content_hashes(session: Session, file_id: int, number: int | None) -> set[str]:
    """The hashes of the contents of one version, or of all versions, without erased ones."""
    query = select(FileVersion.content_hash).where(
        FileVersion.file_id == file_id, FileVersion.content_hash != ERASED_HASH
    )
    if number is not None:
        query = query.where(FileVersion.number == number)
    return set(session.scalars(query))


def files_sharing(session: Session, file_id: int, hashes: Collection[str]) -> list[tuple[int, str]]:
    """`(id, name)` of other files that have one of these contents in any version."""
    rows = session.execute(
        select(File.id, File.name)
        .join(FileVersion, FileVersion.file_id == File.id)
        .where(FileVersion.content_hash.in_(hashes), File.id != file_id)
        .distinct()
        .order_by(File.id)
    )
    return [(row.id, row.name) for row in rows]


def erase_contents(session: Session, file: File, hashes: Collection[str], by: int | None) -> int:
    """Remove these contents from the file’s versions; returns how many versions had one.

    The newest remaining content becomes the current one; if there is none, the file is deleted.
    """
    _ensure_tombstone(session)
    versions = session.execute(
        update(FileVersion)
        .where(FileVersion.file_id == file.id, FileVersion.content_hash.in_(hashes))
        .values(content_hash=ERASED_HASH)
    )
    if file.content_hash in hashes:
        _fall_back(session, file, by)
    return int(versions.rowcount)  # type: ignore[attr-defined]


def _fall_back(session: Session, file: File, by: int | None) -> None:
    left = session.scalar(
        select(FileContent)
        .join(FileVersion, FileVersion.content_hash == FileContent.hash)
        .where(FileVersion.file_id == file.id, FileContent.hash != ERASED_HASH)
        .where(FileVersion.action != PROPOSED)
        .order_by(FileVersion.number.desc())
        .limit(1)
    )
    file.content_hash = left.hash if left else ERASED_HASH
    if left is not None:
        set_name(file, with_extension(file.name, left.media_type))
    elif file.deleted_at is None:
        file.deleted_at, file.deleted_by_id = utcnow(), by


def redact_names(session: Session, file: File, phrase: ErasedPhrase) -> int:
    """Redact the phrase in the file's current and former names; returns how many had it."""
    found = set()
    versions = session.scalars(select(FileVersion).where(FileVersion.file_id == file.id))
    for version in versions:
        if phrase.is_in(version.name):
            found.add(version.name)
            version.name = str(phrase.redacted(version.name))
            version.name_key = filename_key(version.name)
    if phrase.is_in(file.name):
        name = str(phrase.redacted(file.name))
        set_name(file, free_name(session, name, file.page_id))
    return len(found)


def _forget_names(session: Session, file: File) -> None:
    set_name(file, REDACTION)
    session.execute(
        update(FileVersion)
        .where(FileVersion.file_id == file.id)
        .values(name=file.name, name_key=file.name_key)
    )


def release_contents(session: Session, hashes: Collection[str]) -> set[str]:
    """Delete the rows of those contents, and their variants, that no version refers to.

    Returns the hashes of stored contents that are now unused; pass them to `delete_contents` after
    the commit.
    """
    held = select(FileVersion.content_hash).where(FileVersion.content_hash.in_(hashes))
    gone = set(hashes) - set(session.scalars(held))
    made = select(FileVariant.hash).where(FileVariant.of_hash.in_(gone))
    bytes_gone = gone | set(session.scalars(made))
    session.execute(delete(FileVariant).where(FileVariant.of_hash.in_(gone)))
    session.execute(delete(FileContent).where(FileContent.hash.in_(gone)))
    known = union(
        select(FileContent.hash).where(FileContent.hash.in_(bytes_gone)),
        select(FileVariant.hash).where(FileVariant.hash.in_(bytes_gone)),
    )
    return bytes_gone - set(session.scalars(known))


def delete_contents(hashes: Iterable[str]) -> int:
    """Delete contents from the store; returns how many could not be deleted now."""
    failed = 0
    for content_hash in hashes:
        try:
            current_store().delete(content_hash)
        except (StoreUnavailable, OSError) as error:
            log.warning("the store still holds an erased content, %s: %s", content_hash, error)
            failed += 1
    return failed


def _ensure_tombstone(session: Session) -> None:
    if session.get(FileContent, ERASED_HASH) is None:
        session.add(FileContent(hash=ERASED_HASH, media_type=PLAIN_TEXT, size=0))
        session.flush()

"""Proposed versions of a file: another content or name, stored in the file’s history.

Until one is accepted, the file stays unchanged. Since proposals are in the history, everything that
applies to versions applies to them: who may see them, what an erasure covers, whose quota they
count towards.
"""

from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.database import utcnow
from wiki.files.errors import FileNotThere
from wiki.files.inspection.media_types import PLAIN_TEXT, with_extension
from wiki.files.models import ERASED_HASH, PROPOSED, File, FileContent, FileVersion
from wiki.files.names import check_filename, filename_key, sanitize_filename
from wiki.files.quota import check_file_quota
from wiki.files.storage.intake import StoredFile, inspect_and_store
from wiki.files.write import append_version, set_name

ACCEPTED = "accept"


def inspect_proposed(content: bytes, name: str, *, by: int) -> StoredFile:
    """Inspect and store a content, before the transaction of the proposal.

    Raises `FileRefused`, `StoreUnavailable`.
    """
    return inspect_and_store(BytesIO(content), sanitize_filename(name), by=by)


def propose_version(
    session: Session,
    file: File,
    *,
    base: FileVersion,
    name: str,
    stored: StoredFile | None,
    by: int,
) -> int:
    """Add a proposed version to a file, which must be locked; returns its number.

    Anything not given is as in `base`. Raises `FileRefused`.
    """
    content_hash = base.content_hash
    if stored is not None:
        check_file_quota(session, by, stored.size)
        stored.insert(session)
        content_hash = stored.hash
    name = check_filename(name) if name else base.name
    name = check_filename(with_extension(name, _media_type(session, content_hash)))
    file.version_count += 1
    version = FileVersion(
        file_id=file.id,
        number=file.version_count,
        action=PROPOSED,
        name=name,
        name_key=filename_key(name),
        content_hash=content_hash,
        author_id=by,
        created_at=utcnow(),
    )
    session.add(version)
    session.flush()
    return version.number


def accept_version(
    session: Session, file: File, number: int, *, base: FileVersion, by: int
) -> None:
    """Apply the changes from `base` to version `number` to a file, which must be locked.

    Raises `FileNotThere`.
    """
    version = session.scalar(
        select(FileVersion).where(FileVersion.file_id == file.id, FileVersion.number == number)
    )
    if version is None or ERASED_HASH in (version.content_hash, file.content_hash):
        raise FileNotThere(file.id)
    if version.content_hash != base.content_hash:
        file.content_hash = version.content_hash
    name = version.name if version.name != base.name else file.name
    set_name(file, with_extension(name, _media_type(session, file.content_hash)))
    append_version(session, file, ACCEPTED, by)


def _media_type(session: Session, content_hash: str) -> str:
    query = select(FileContent.media_type).where(FileContent.hash == content_hash)
    return session.scalar(query) or PLAIN_TEXT

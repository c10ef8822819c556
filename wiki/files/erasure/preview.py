"""What erasing a file would reach."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from wiki.database import db
from wiki.files.erasure.erase import content_hashes, files_sharing
from wiki.files.errors import FileNotThere
from wiki.files.models import ERASED_HASH, File, FileVersion


@dataclass(frozen=True, slots=True)
class ErasePreview:
    """A file of which one version, or everything, is to be erased.

    `numbers` are the versions that have what goes, `others` `(id, name)` of files that have it
    too and keep it; `is_all` when nothing is left afterwards.
    """

    id: int
    name: str
    is_deleted: bool
    number: int | None
    numbers: Sequence[int]
    others: Sequence[tuple[int, str]]
    is_all: bool


def preview_erase(file_id: int, number: int | None) -> ErasePreview:
    """What erasing would reach; for administrators, deleted files too. Raises `FileNotThere`."""
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

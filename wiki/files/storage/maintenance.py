"""Maintains the store: prunes unused contents, finds missing and damaged ones."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import delete, select, union
from sqlalchemy.orm import Session

from wiki.database import db, overwrite_deleted, utcnow, write_transaction
from wiki.files.errors import ContentMissing
from wiki.files.models import ERASED_HASH, File, FileContent, FileUse, FileVariant, FileVersion
from wiki.files.storage.content_store import ContentStore

# Contents are stored before the transaction that refers to them: younger ones may be in use soon.
PRUNE_GRACE = timedelta(days=1)


def purge_deleted_files(before: datetime) -> int:
    """Remove all traces of files that were deleted before this time; returns how many.

    Contents that no other file has are deleted from the database; `prune_contents` deletes their
    bytes.
    """
    with write_transaction() as session:
        overwrite_deleted(session)
        ids = session.scalars(select(File.id).where(File.deleted_at < before)).all()
        for file_id in ids:
            session.execute(delete(FileVersion).where(FileVersion.file_id == file_id))
            session.execute(delete(FileUse).where(FileUse.file_id == file_id))
            session.execute(delete(File).where(File.id == file_id))
        held = select(FileVersion.content_hash)
        session.execute(delete(FileContent).where(FileContent.hash.not_in(held)))
    return len(ids)


def prune_contents(store: ContentStore, grace: timedelta = PRUNE_GRACE) -> int:
    """Delete contents to which nothing refers; returns how many."""
    before = utcnow() - grace
    old = [content_hash for content_hash, time in store.stored() if time < before]
    # Queried after the store, so that contents referred to in between are kept.
    known = _referenced(db.session())
    orphans = [content_hash for content_hash in old if content_hash not in known]
    for content_hash in orphans:
        store.delete(content_hash)
    return len(orphans)


def find_damaged(store: ContentStore) -> Iterator[tuple[str, str]]:
    """Yields `(hash, problem)` of every content that is `missing` or `damaged`."""
    for content_hash in sorted(_referenced(db.session())):
        try:
            with store.open(content_hash) as stream:
                digest = hashlib.file_digest(stream, "sha256")  # type: ignore[arg-type]
        except ContentMissing:
            yield content_hash, "missing"
            continue
        if digest.hexdigest() != content_hash:
            yield content_hash, "damaged"


def files_with_content(content_hash: str) -> list[tuple[int, str]]:
    """`(id, name)` of the files with a content, or with a picture of which it is a variant."""
    of = select(FileVariant.of_hash).where(FileVariant.hash == content_hash)
    rows = db.session.execute(
        select(File.id, File.name)
        .join(FileVersion, FileVersion.file_id == File.id)
        .where((FileVersion.content_hash == content_hash) | FileVersion.content_hash.in_(of))
        .distinct()
    )
    return [(row.id, row.name) for row in rows]


def _referenced(session: Session) -> set[str]:
    """The hashes of all contents to which the database refers."""
    known = union(select(FileContent.hash), select(FileVariant.hash))
    return set(session.scalars(known)) - {ERASED_HASH}

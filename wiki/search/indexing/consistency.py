"""Whether an index agrees with the pages of the wiki."""

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from sqlalchemy.orm import Session

from wiki.database import db, write_transaction
from wiki.search import outbox
from wiki.search.index.index_folder import request_rebuild
from wiki.search.index.index_reader import IndexReader
from wiki.search.index.manifest import current_folder, damaged_files, read_manifest
from wiki.search.index.segment_arrays import Damaged

INDEXER_WAIT = 10.0  # seconds for a running indexer to reach the last save


def differing_pages(indexed: Mapping[int, int], states: Iterable[tuple[int, int]]) -> list[int]:
    """The pages whose indexed revision isn't the current one, or that only one side has."""
    current = dict(states)
    different = {page for page, revision in current.items() if indexed.get(page) != revision}
    return sorted(different | (indexed.keys() - current.keys()))


def check_running_index(root: Path, states: Callable[[], Iterable[tuple[int, int]]]) -> list[int]:
    """Check an index that another process writes; the pages that differ.

    They are announced in the outbox again, and so repaired by whoever reads it; if files are
    damaged, a rebuild is requested. What is saved meanwhile doesn't count as a difference.
    """
    if not _is_whole(root):
        request_rebuild(root)
        return sorted(dict(states()))
    index = IndexReader(root)
    until = time.monotonic() + INDEXER_WAIT
    session: Session = db.session()
    target = outbox.newest(session)
    while (snapshot := index.snapshot()) and snapshot.position < target:
        session.rollback()
        if time.monotonic() > until:
            break
        time.sleep(0.05)
    session.rollback()
    pages = differing_pages(snapshot.revisions() if snapshot else {}, states())
    # The indexer hasn't reached these yet, or can't before an older transaction ends.
    later = outbox.changed_since(session, target)
    pages = [page_id for page_id in pages if page_id not in later]
    if pages:
        with write_transaction() as session:
            for page_id in pages:
                outbox.announce(session, page_id, None, "revision")
    return pages


def _is_whole(root: Path) -> bool:
    try:
        folder = current_folder(root)
        return not damaged_files(folder, read_manifest(folder))
    except (OSError, Damaged):
        return False

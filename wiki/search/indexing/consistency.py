"""Whether an index holds what the wiki holds."""

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

INDEXER_WAIT = 10.0  # seconds for a running indexer to come up to the last save


def differing_pages(indexed: Mapping[int, int], states: Iterable[tuple[int, int]]) -> list[int]:
    """The pages whose revision in the index is not the current one, or that are only in one."""
    current = dict(states)
    different = {page for page, revision in current.items() if indexed.get(page) != revision}
    return sorted(different | (indexed.keys() - current.keys()))


def check_running_index(root: Path, states: Callable[[], Iterable[tuple[int, int]]]) -> list[int]:
    """Check an index that another process writes; the pages that differ.

    They are announced in the outbox once more, and so put right by whoever reads it; an index
    with damaged files is asked to be rebuilt. What is saved meanwhile is no difference.
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
    # The indexer has yet to come to these, or may not before an older transaction has ended.
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

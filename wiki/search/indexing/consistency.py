"""Checks whether an index agrees with the pages of the wiki."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session

from wiki.database import db, write_transaction
from wiki.search import outbox
from wiki.search.index.array_file import Damaged
from wiki.search.index.index_folder import request_rebuild
from wiki.search.index.index_reader import IndexReader, is_first_build
from wiki.search.index.manifest import current_folder, damaged_files, read_manifest

INDEXER_WAIT = 10.0  # seconds for a running indexer to reach the last save


class CheckOutcome(NamedTuple):
    """The pages that differ, and the number of those that the index has not reached yet."""

    differing: list[int]
    behind: int = 0


def differing_pages(
    indexed: Mapping[int, int], states: Iterable[tuple[int, int]], later: Collection[int] = ()
) -> list[int]:
    """The ids of pages that are indexed in another revision than `states` says, or not at all.

    Also of those that are only in the index. Pages in `later` are left out.
    """
    current = dict(states)
    different = {page for page, revision in current.items() if indexed.get(page) != revision}
    return sorted((different | (indexed.keys() - current.keys())) - set(later))


def check_running_index(
    root: Path, states: Callable[[], Iterable[tuple[int, int]]]
) -> CheckOutcome:
    """Check an index that another process writes.

    Pages that differ are announced in the outbox again, so that the indexer repairs them; if files
    are damaged, a rebuild is requested. Pages that the indexer has yet to reach do not count as
    different, nor those that are missing because the index is being built.
    """
    state = _files_of(root)
    if state == "damaged":
        request_rebuild(root)
        return CheckOutcome(sorted(dict(states())))
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
    indexed = snapshot.revisions() if snapshot else {}
    is_partial = snapshot is None or is_first_build(root)
    # The indexer hasn't reached these yet, or can't before an older transaction ends.
    position = snapshot.position if snapshot else target
    later = outbox.changed_since(session, position)
    current = dict(states())
    if is_partial:
        later |= current.keys() - indexed.keys()
    pages = differing_pages(indexed, current.items(), later)
    if pages:
        with write_transaction() as session:
            for page_id in pages:
                outbox.announce(session, page_id, None, "revision")
    behind = sum(indexed.get(page_id) != current.get(page_id) for page_id in later)
    return CheckOutcome(pages, behind)


def _files_of(root: Path) -> str:
    """The state of the live index's files: "whole", "damaged" or "missing" (soon to be built)."""
    try:
        folder = current_folder(root)
        return "damaged" if damaged_files(folder, read_manifest(folder)) else "whole"
    except FileNotFoundError:
        return "missing"
    except (OSError, Damaged):
        return "damaged"

"""The indexer: the only writer of an index, which follows the outbox and rebuilds the index."""

import errno
import json
import logging
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from flask import current_app
from sqlalchemy.orm import Session

from wiki.database import db, write_transaction
from wiki.instance.durable import replace_file
from wiki.processes.lock import Lock, LostLock
from wiki.search import outbox, query_log
from wiki.search.document_source import DocumentSource
from wiki.search.documents import Document
from wiki.search.index.index_folder import CHECK_REQUESTED, REBUILD_REQUESTED, REBUILDING
from wiki.search.index.index_reader import is_first_build
from wiki.search.index.manifest import (
    CURRENT,
    current_folder,
    damaged_files,
    make_current,
    read_manifest,
)
from wiki.search.index.segment_store import MAX_SEGMENTS, MAX_SEGMENTS_IDLE, SegmentStore
from wiki.search.indexing import consistency, parallel_build
from wiki.search.indexing.segment_jobs import MergeJob, remove_leftovers
from wiki.search.position import Position

log = logging.getLogger(__name__)

ENTRIES_PER_COMMIT = 200  # entries in one commit: their pages are in memory at once
REBUILD_POLL = 0.2  # seconds between two checks of a rebuild's processes and the outbox
REBUILD_RETRY_DELAY = 60.0  # seconds after a requested rebuild failed, as on a full disk

# Errors that a rebuild can't fix: no space, no permission, no file descriptors.
_ENVIRONMENT_ERRORS = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EACCES,
    errno.EROFS,
    errno.EMFILE,
    errno.ENFILE,
)


class Indexer:
    """The writer of the index under `root`; the caller must hold the lock.

    `lock` is checked before every commit and during rebuilds.
    """

    def __init__(self, root: Path, source: DocumentSource, lock: Lock) -> None:
        self.root = root
        self.source = source
        self.lock = lock
        self.store: SegmentStore | None = None
        self.merge: MergeJob | None = None
        self._next_try = 0.0  # earliest time to retry a requested rebuild that failed
        self._is_filling = False  # the live index is being filled, and takes no other writes

    def open(self, *, verify: bool = False) -> SegmentStore:
        """Open the live index; rebuild it if it is missing, damaged or of another format."""
        if self.store is not None and self._is_live_and_intact(self.store):
            return self.store
        self.close()
        try:
            store = SegmentStore(current_folder(self.root))
            if verify and (damaged := damaged_files(store.folder, store.manifest)):
                log.error("the index is damaged: %s", ", ".join(damaged))
                raise ValueError(damaged[0])
            remove_leftovers(store.folder)
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _ENVIRONMENT_ERRORS:
                raise
            # Whoosh raises all kinds of errors for damaged files, including TypeError.
            is_new = isinstance(error, FileNotFoundError)
            log.log(logging.INFO if is_new else logging.WARNING, "the index is rebuilt: %s", error)
            (self.root / CURRENT).unlink(missing_ok=True)
            return self.rebuild()
        self._start_over_after_a_restore(store)
        self.store = store
        if is_first_build(self.root):  # the first build was interrupted
            self._complete(store)
        else:
            (self.root / REBUILDING).unlink(missing_ok=True)
        return store

    def close(self) -> None:
        """Stop a running merge and close the index; everything committed stays."""
        if self.merge:
            self.merge.stop()
        self.merge = self.store = None

    def _is_live_and_intact(self, store: SegmentStore) -> bool:
        """Whether `store` is still the live index, and its files seem intact."""
        try:
            return current_folder(self.root) == store.folder and store.is_intact()
        except (OSError, ValueError):
            return False

    def _can_answer(self) -> bool:
        """Whether there is a live index that contains all pages."""
        if self.store is not None:
            return self._is_live_and_intact(self.store) and not is_first_build(self.root)
        try:
            read_manifest(current_folder(self.root))
        except (OSError, ValueError):
            return False
        return not is_first_build(self.root)

    @staticmethod
    def _start_over_after_a_restore(store: SegmentStore) -> None:
        session: Session = db.session()
        if outbox.is_ahead(session, store.position):
            store.apply((), (), Position())

    def drain(self) -> int:
        """Apply the entries in the outbox; returns their number."""
        store = self.open()
        count = 0
        session: Session = db.session()
        while entries := outbox.pending(session, store.position, ENTRIES_PER_COMMIT):
            if not self.lock.is_held():
                raise LostLock
            self._apply(store, entries)
            count += len(entries)
            session.rollback()
            # Later entries wait for the next round: a commit of ten pages costs the same as of one.
            if len(entries) < ENTRIES_PER_COMMIT:
                break
        session.rollback()
        return count

    def _apply(self, store: SegmentStore, entries: Sequence[outbox.OutboxRow]) -> None:
        page_ids = list(dict.fromkeys(entry.page_id for entry in entries))
        self._index(store, page_ids, entries[-1].position)

    def _index(self, store: SegmentStore, page_ids: Sequence[int], position: Position) -> None:
        documents = self.source.load(page_ids)
        gone = [page_id for page_id in page_ids if page_id not in documents]
        store.apply(documents.values(), gone, position)

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> SegmentStore:
        """Build a new index beside the live one, which answers meanwhile, and switch to it.

        If there is no usable index, the new one answers from the start with the pages it has.
        """
        session: Session = db.session()
        (self.root / CHECK_REQUESTED).unlink(missing_ok=True)
        asked_at = self._asked_at()
        position = outbox.newest(session)
        is_first = not self._can_answer()
        new = SegmentStore.create(self.root, position)
        if is_first:
            self._write_progress(0, 0, progress, is_first=True)
            make_current(self.root, new.folder)
            self.store = new
            self._complete(new, progress)
        else:
            self._replace(new, progress)
        self._remove_others(new.folder)
        # Erased text could be found, and queries for it be logged, until now; on replicas too.
        query_log.forget_queries(self.root)
        # Not earlier: if this rebuild is killed, the next indexer must repeat it. A request that
        # was made meanwhile is kept.
        if self._asked_at() == asked_at:
            (self.root / REBUILD_REQUESTED).unlink(missing_ok=True)
        return new

    def _replace(self, new: SegmentStore, progress: Callable[[int, int], None] | None) -> None:
        """Fill `new` and make it the live index."""
        try:
            self._fill(new, [page_id for page_id, _ in self.source.states()], progress)
        except BaseException:
            shutil.rmtree(new.folder, ignore_errors=True)
            raise
        self.close()
        make_current(self.root, new.folder)
        (self.root / REBUILDING).unlink(missing_ok=True)
        self.store = new

    def _complete(
        self, store: SegmentStore, progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Add missing pages to the live index; continues an interrupted first build."""
        indexed = store.revisions()
        missing = [page_id for page_id, _ in self.source.states() if page_id not in indexed]
        store.renewed = set()
        try:
            self._fill(store, missing, progress, is_first=True)
        finally:
            store.renewed = None
        (self.root / REBUILDING).unlink(missing_ok=True)

    def _asked_at(self) -> int:
        """The time at which the pending rebuild was requested, in ns; 0 if there is none."""
        try:
            return (self.root / REBUILD_REQUESTED).stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def _fill(
        self,
        new: SegmentStore,
        page_ids: list[int],
        progress: Callable[[int, int], None] | None,
        *,
        is_first: bool = False,
    ) -> None:
        """Build all parts, several at a time if there are enough processors."""
        waiting = parallel_build.divide(page_ids, is_gradual=is_first)
        is_large = len(waiting) > 1 and len(page_ids) > parallel_build.MIN_PART_SIZE
        limit = parallel_build.process_count() if is_large else 0
        running: list[parallel_build.BuildPart] = []
        done, reported = 0, -1

        def report_progress() -> None:
            nonlocal reported
            read = done + sum(part.done for part in running)
            if read != reported:
                reported = read
                self._write_progress(read, len(page_ids), progress, is_first=is_first)

        try:
            while waiting or running:
                report_progress()
                while waiting and len(running) < limit:
                    app = current_app._get_current_object()  # type: ignore[attr-defined]
                    running.append(parallel_build.BuildPart(app, new, waiting.pop()))
                part = self._finished(running, report_progress)
                if part is not None and part.finish():
                    done += len(part.page_ids)
                elif part is not None or not running:
                    # In this process, if others are not worth it or one was killed.
                    ids = part.page_ids if part is not None else waiting.pop()
                    self._fill_here(new, ids)
                    done += len(ids)
        finally:
            for part in running:
                part.stop()
        self._write_progress(done, len(page_ids), progress, is_first=is_first)

    def _fill_here(self, new: SegmentStore, page_ids: Sequence[int]) -> None:
        self._catch_up()
        self._is_filling = new is self.store
        try:
            renewed = new.renewed or ()
            new.fill(
                self._documents([page for page in page_ids if page not in renewed]), new.position
            )
        finally:
            self._is_filling = False

    def _finished(
        self, running: list[parallel_build.BuildPart], report_progress: Callable[[], None]
    ) -> parallel_build.BuildPart | None:
        """Remove the next finished part from `running` and return it; `None` if there is none."""
        while running:
            self._catch_up()
            report_progress()
            for part in running:
                if not part.is_running():
                    running.remove(part)
                    return part
            time.sleep(REBUILD_POLL)
        return None

    def _documents(self, page_ids: Sequence[int]) -> Iterator[Document]:
        for number, document in enumerate(parallel_build.documents_of(self.source, page_ids)):
            if not number % parallel_build.LOAD_BATCH:
                self._catch_up()
            yield document

    def _catch_up(self) -> None:
        """During a rebuild, check the lock and index the pages that were saved meanwhile."""
        if not self.lock.is_held():
            raise LostLock
        if self.store and not self._is_filling and self._is_live_and_intact(self.store):
            self._keep_live_index_fresh(self.store)

    def _keep_live_index_fresh(self, store: SegmentStore) -> None:
        session = db.session()
        if entries := outbox.pending(session, store.position, ENTRIES_PER_COMMIT):
            self._apply(store, entries)
        session.rollback()
        # Each commit adds a segment; there may be hundreds while a large wiki is rebuilt.
        self._merge_when_due(store, MAX_SEGMENTS)

    def _write_progress(
        self,
        done: int,
        total: int,
        progress: Callable[[int, int], None] | None,
        *,
        is_first: bool = False,
    ) -> None:
        state = {"done": done, "total": total, "is_first": is_first}
        replace_file(self.root / REBUILDING, json.dumps(state).encode())
        if progress:
            progress(done, total)

    def _remove_others(self, kept: Path) -> None:
        for path in self.root.glob("index-*"):
            if path != kept:
                shutil.rmtree(path, ignore_errors=True)

    def do_housekeeping(self, *, is_quiet: bool = False) -> None:
        """Do requested checks and rebuilds, and merge segments in the background when due.

        `is_quiet`: there were no saves for a while, so there is time to merge more.
        """
        if self._asked_at() and time.monotonic() >= self._next_try:
            self._next_try = time.monotonic() + REBUILD_RETRY_DELAY
            self.rebuild()
            self._next_try = 0.0
        if (self.root / CHECK_REQUESTED).exists():
            (self.root / CHECK_REQUESTED).unlink(missing_ok=True)
            self.close()
            self.open(verify=True)
        self._merge_when_due(self.open(), MAX_SEGMENTS_IDLE if is_quiet else MAX_SEGMENTS)

    def _merge_when_due(self, store: SegmentStore, most: int) -> None:
        """Adopt a finished merge, or begin one if there are more segments than `most`."""
        if self.merge is None:
            names = store.due_merge(most)
            self.merge = MergeJob(store, names) if names else None
        elif not self.merge.is_running():
            finished, self.merge = self.merge, None
            finished.finish()

    def repair_differences(self) -> list[int]:
        """Compare every page with the index and repair differences; returns the differing pages.

        Pages with pending entries in the outbox are skipped: they will be indexed anyway.
        """
        store = self.open()
        later = outbox.changed_since(db.session(), store.position)
        states = list(self.source.states())
        differing = consistency.differing_pages(store.revisions(), states, later)
        for start in range(0, len(differing), ENTRIES_PER_COMMIT):
            self._index(store, differing[start : start + ENTRIES_PER_COMMIT], store.position)
        db.session.rollback()
        return differing

    def note(self, reader: str) -> None:
        """Record this index's position in the database, and prune entries that all have read."""
        with write_transaction() as session:
            outbox.note_position(session, reader, self.open().position)
            outbox.prune_outbox(session)

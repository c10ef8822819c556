"""Counts how many people open each page, so that suggestions can list popular pages first.

Only the number of people is stored, under a hash of the path: not who, nor when. A reader counts
once per page, as in `query_log`, so nobody can move a page to the top by opening it repeatedly.
Each process collects some openings before it appends them to one file, which the indexer counts.
Losing them does no harm.
"""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from wiki.search.documents import name_hash
from wiki.search.index.snapshot import Snapshot
from wiki.search.query_log import PeopleCount, alone, append_line, read_counts

OPENED = PeopleCount("opened", least=2)
MAX_PAGES_COUNTED = 2_000  # pages: the most opened ones
MAX_NOTED = 64  # openings that a process collects before it writes them
NOTED_FOR = 30.0  # seconds after which the next opening makes it write them


def count_opened_pages(root: Path) -> None:
    """Add noted openings to the counts; called by the one process that writes the index."""
    # The folder may have been removed; the index is rebuilt without it.
    with suppress(FileNotFoundError), alone(root):
        OPENED.gather(root, MAX_PAGES_COUNTED)


class OpenedPages:
    """How many people opened each page, reread when the file changes. Thread-safe."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._noted: list[str] = []
        self._written_at = time.monotonic()
        self._lock = Lock()
        self._known: tuple[int, NDArray[np.uint64], NDArray[np.int64]] = _arrays(0, ())

    def note(self, path: str, reader: str) -> None:
        """Count that `reader` (a user or a network) has opened the page at `path`. Never raises."""
        if not (line := OPENED.line(self.root, name_hash(path).hex(), reader)):
            return
        with self._lock:
            self._noted.append(line)
            is_late = time.monotonic() - self._written_at > NOTED_FOR
            if len(self._noted) < MAX_NOTED and not is_late:
                return
            noted, self._noted, self._written_at = self._noted, [], time.monotonic()
        append_line(self.root / OPENED.log, "\n".join(noted))

    def shares(self, snapshot: Snapshot, visible: NDArray[np.bool_]) -> NDArray[np.float32]:
        """How often each document is opened, on a logarithmic scale; (documents,).

        From 0 to 1, for the most opened visible document; 0 for documents that are not visible.
        """
        _, hashes, counts = self._read()
        opened = np.log1p(snapshot.sum_by_name_hash(hashes, counts).astype(np.float32)) * visible
        shares: NDArray[np.float32] = opened / max(opened.max(initial=0), np.float32(1))
        return shares

    def _read(self) -> tuple[int, NDArray[np.uint64], NDArray[np.int64]]:
        try:
            stamp = os.stat(self.root / OPENED.counts).st_mtime_ns
        except OSError:
            return _arrays(0, ())
        if stamp != self._known[0]:
            counts, _ = read_counts(self.root / OPENED.counts)
            try:
                self._known = _arrays(stamp, counts.items())
            except (ValueError, ArithmeticError):  # not written by this module
                self._known = _arrays(stamp, ())
        return self._known


def _arrays(
    stamp: int, counts: Iterable[tuple[str, int]]
) -> tuple[int, NDArray[np.uint64], NDArray[np.int64]]:
    pairs = [(int(hash_, 16), count) for hash_, count in counts if len(hash_) == 16]
    hashes = np.array([hash_ for hash_, _ in pairs], np.uint64)
    return stamp, hashes, np.array([count for _, count in pairs], np.int64)

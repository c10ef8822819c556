"""Reads an index: keeps the newest commit open, and reopens it whenever it changes."""

import logging
import os
import threading
from pathlib import Path
from typing import NamedTuple

from wiki.instance.durable import read_json
from wiki.search.index.array_file import Damaged
from wiki.search.index.index_folder import CHECK_REQUESTED, REBUILDING
from wiki.search.index.manifest import CURRENT, MANIFEST, current_folder, read_manifest
from wiki.search.index.snapshot import Snapshot

log = logging.getLogger(__name__)

OPEN_ATTEMPTS = 3  # a commit may come between reading the manifest and opening its files

# Inodes and times of the file `current` and of the manifest; every commit changes them.
Stamp = tuple[int, int, int, int]


class Progress(NamedTuple):
    """The progress of a rebuild: how many of how many pages have been read.

    `is_first`: there is no older index, so searches use the new one while it is being built.
    """

    done: int
    total: int
    is_first: bool = False


def progress_of(root: Path) -> Progress | None:
    """The progress of the rebuild under `root`; `None` if there is none."""
    try:
        data = read_json(root / REBUILDING)
        return Progress(int(data["done"]), int(data["total"]), bool(data.get("is_first")))
    except (OSError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError):
        return None


def is_first_build(root: Path) -> bool:
    """Whether the live index under `root` is being built for the first time, so lacks pages."""
    progress = progress_of(root)
    return progress is not None and progress.is_first


class IndexReader:
    """The index in `root`, kept open and refreshed when it changes. Thread-safe."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._stamp: Stamp | None = None

    def snapshot(self) -> Snapshot | None:
        """The newest commit, or `None` when there is no readable index."""
        try:
            snapshot = self._snapshot
            folder = snapshot.folder if snapshot else current_folder(self.root)
            if self._is_changed(folder):
                self._refresh()
                snapshot = self._snapshot
            if snapshot is not None and snapshot.is_whole():
                return snapshot
            # A mapped file was truncated or removed: drop the maps and reopen it.
            self._refresh()
            return self._snapshot
        except FileNotFoundError:
            self._snapshot = self._stamp = None
        except (Damaged, OSError, ValueError):
            log.exception("the index can't be read")
            self._snapshot = self._stamp = None
            self.request_check()
        return None

    def unavailable_state(self) -> str:
        """Why there is no snapshot: "rebuilding" or "missing"."""
        return "rebuilding" if (self.root / REBUILDING).exists() else "missing"

    def state(self) -> str:
        """Whether the index is "ready", "building" its first pages, "rebuilding" or "missing"."""
        if self.snapshot() is None:
            return self.unavailable_state()
        return "building" if is_first_build(self.root) else "ready"

    def progress(self) -> Progress | None:
        """How far a rebuild has come, if one is going on."""
        return progress_of(self.root)

    def request_check(self) -> None:
        """Ask the indexer to verify the files of the index. Never raises."""
        try:
            (self.root / CHECK_REQUESTED).touch()
        except OSError:
            log.warning("the search folder can't be written")

    def _is_changed(self, folder: Path) -> bool:
        """Whether there was a commit, or a rebuild has replaced the folder."""
        try:
            return self._stamp_of(folder) != self._stamp
        except FileNotFoundError:
            return True

    def _stamp_of(self, folder: Path) -> Stamp:
        """Identifies the current commit; takes a few microseconds."""
        current, manifest = os.stat(self.root / CURRENT), os.stat(folder / MANIFEST)
        return (current.st_ino, current.st_mtime_ns, manifest.st_ino, manifest.st_mtime_ns)

    def _refresh(self) -> None:
        with self._lock:
            folder = current_folder(self.root)
            former = self._snapshot if self._snapshot and self._snapshot.is_whole() else None
            if former and former.folder != folder:
                former = None
            for attempt in range(1, OPEN_ATTEMPTS + 1):
                try:
                    stamp = self._stamp_of(folder)
                    self._snapshot = Snapshot(folder, read_manifest(folder), former)
                    self._stamp = stamp
                    break
                except FileNotFoundError:
                    if attempt == OPEN_ATTEMPTS:
                        raise

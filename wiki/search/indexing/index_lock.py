"""The lock of the one process that writes an index."""

from pathlib import Path

from wiki.processes import lock
from wiki.processes.lock import Lock

INDEX_LOCK = "indexer.lock"


def acquire(root: Path, timeout: float = 0.0) -> Lock | None:
    """The lock of the index under `root`, or `None` if it isn't free within `timeout` seconds."""
    return lock.acquire(root / INDEX_LOCK, timeout)


def inherited(root: Path, number: int) -> Lock:
    """The lock that the parent process has acquired and passed on as file descriptor `number`."""
    return Lock(root / INDEX_LOCK, number)

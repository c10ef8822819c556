"""A lock for a process of which only one may run; it is released when its holder dies."""

import os
import time
from contextlib import suppress
from pathlib import Path

from wiki.instance.lock import take_file_lock


class Lock:
    """A held lock. A child process that inherits the file descriptor `number` also holds it."""

    def __init__(self, path: Path, number: int) -> None:
        self.path = path
        self.number = number

    def is_held(self) -> bool:
        """Whether the lock file still exists; otherwise another process may hold a new one."""
        try:
            mine, there = os.fstat(self.number), self.path.stat()
        except OSError:
            return False
        return (mine.st_dev, mine.st_ino) == (there.st_dev, there.st_ino)

    def release(self) -> None:
        """Close the file. The lock is free once every process that inherited it has closed it
        too.
        """
        os.close(self.number)


class LostLock(RuntimeError):
    """The lock file was removed: another process may hold a new one."""


def acquire(path: Path, timeout: float = 0.0) -> Lock | None:
    """The lock at `path`, or `None` if it isn’t free within `timeout` seconds."""
    until = time.monotonic() + timeout
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        number = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        lock = Lock(path, number)
        with suppress(OSError):  # a file system without locks
            if take_file_lock(number, wait=False) and lock.is_held():
                return lock
        lock.release()
        if time.monotonic() >= until:
            return None
        time.sleep(0.05)

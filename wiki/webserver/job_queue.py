"""The queue of requests that wait for a thread of the application."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

Job = TypeVar("Job")


class JobQueue(Generic[Job]):
    """First in, first out, except that at most `most_changes` jobs that change something run at a
    time: they may all wait for one lock, and readers must not wait behind them."""

    def __init__(self, most_changes: int) -> None:
        self._most = max(1, most_changes)
        self._jobs: deque[tuple[bool, Job]] = deque()
        self._changes = 0  # that are running
        self._ready = threading.Condition()

    def put(self, job: Job, *, is_change: bool) -> None:
        with self._ready:
            self._jobs.append((is_change, job))
            self._ready.notify()

    def withdraw(self, is_meant: Callable[[Job], bool]) -> list[Job]:
        """Remove and return the jobs that haven't begun and that `is_meant`."""
        with self._ready:
            jobs = [entry for entry in self._jobs if is_meant(entry[1])]
            self._jobs = deque(entry for entry in self._jobs if not is_meant(entry[1]))
        return [job for _, job in jobs]

    @contextmanager
    def take(self) -> Iterator[Job]:
        """The next one that may run; it runs until the block ends."""
        with self._ready:
            self._ready.wait_for(lambda: self._next() is not None)
            at = self._next() or 0
            is_change, job = self._jobs[at]
            del self._jobs[at]
            self._changes += is_change
        try:
            yield job
        finally:
            with self._ready:
                self._changes -= is_change
                self._ready.notify()

    def _next(self) -> int | None:
        is_room = self._changes < self._most
        return next((at for at, job in enumerate(self._jobs) if is_room or not job[0]), None)

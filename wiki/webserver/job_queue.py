"""The queue of requests that wait for an application thread."""

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

Job = TypeVar("Job")

CHANGE = "change"  # the kind of jobs that write; they may all be waiting for the same lock


class JobQueue(Generic[Job]):
    """A queue for `threads` threads that keeps some of them free for readers.

    Jobs run first in, first out, except that jobs of a kind never take all threads, and that of
    each kind but `CHANGE`, which stands for something costly, one job runs at a time.
    """

    def __init__(self, threads: int) -> None:
        self._most_limited = max(1, threads - 1)
        self._most_costly = max(1, threads - 2)  # leaves one for changes
        self._waiting: dict[str | None, deque[tuple[int, Job]]] = {}
        self._running: Counter[str | None] = Counter()
        self._count = 0  # jobs ever put
        self._ready = threading.Condition()

    def put(self, job: Job, *, kind: str | None = None) -> None:
        """Append a job; `kind` is `None` if it is neither a change nor costly."""
        with self._ready:
            self._count += 1
            self._waiting.setdefault(kind, deque()).append((self._count, job))
            self._ready.notify()

    def withdraw(self, is_meant: Callable[[Job], bool]) -> list[Job]:
        """Remove and return the waiting jobs for which `is_meant` is true."""
        with self._ready:
            entries = sorted(
                (entry for jobs in self._waiting.values() for entry in jobs if is_meant(entry[1])),
                key=lambda entry: entry[0],
            )
            for kind, jobs in self._waiting.items():
                self._waiting[kind] = deque(entry for entry in jobs if not is_meant(entry[1]))
        return [job for _, job in entries]

    @contextmanager
    def take(self) -> Iterator[Job]:
        """Wait for the next job that may run; it counts as running until the block ends."""
        with self._ready:
            kinds = self._ready.wait_for(self._runnable)
            kind = min(kinds, key=lambda kind: self._waiting[kind][0][0])
            _, job = self._waiting[kind].popleft()
            self._running[kind] += 1
        try:
            yield job
        finally:
            with self._ready:
                self._running[kind] -= 1
                self._ready.notify()

    def _runnable(self) -> list[str | None]:
        """The kinds that may run another job now."""
        limited = self._running.total() - self._running[None]
        costly = limited - self._running[CHANGE]
        return [
            kind
            for kind, jobs in self._waiting.items()
            if jobs and self._is_room(kind, limited=limited, costly=costly)
        ]

    def _is_room(self, kind: str | None, *, limited: int, costly: int) -> bool:
        if kind is None:
            return True
        if limited >= self._most_limited:
            return False
        return kind == CHANGE or (not self._running[kind] and costly < self._most_costly)

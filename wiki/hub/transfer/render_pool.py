"""Renders on every core: texts are sent out in chunks, renderings come back in order."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Self

from wiki.markup import Rendered, render

TEXTS_PER_MESSAGE = 10  # enough to hide the cost of a message, few enough to keep all cores busy
STOP_CHECK_INTERVAL = 0.2  # seconds between checks for a stop
POOL_THRESHOLD = 20  # texts; for fewer, starting processes takes longer than rendering in this one

# What to render: `(text, path)`.
RenderTask = tuple[str, str]


class PendingRenderings:
    """Renderings in progress."""

    def __init__(self, tasks: Sequence[RenderTask], pool: ProcessPoolExecutor | None) -> None:
        self._chunks = [
            tasks[i : i + TEXTS_PER_MESSAGE] for i in range(0, len(tasks), TEXTS_PER_MESSAGE)
        ]
        self._futures: list[Future[list[Rendered]]] = []
        if pool is not None:
            self._futures = [pool.submit(_render_all, chunk) for chunk in self._chunks]

    def result(self, is_stopped: Callable[[], bool]) -> list[Rendered] | None:
        """Wait for the renderings; `None` when asked to stop.

        If a process died, its texts are rendered in this one.
        """
        while wait(self._futures, timeout=STOP_CHECK_INTERVAL).not_done:
            if is_stopped():
                return None
        if not self._futures:
            return [rendered for chunk in self._chunks for rendered in _render_all(chunk)]
        found = []
        for chunk, future in zip(self._chunks, self._futures, strict=True):
            try:
                found += future.result()
            except BrokenProcessPool:
                found += _render_all(chunk)
        return found


class RenderPool:
    """A pool of rendering processes, one per core; started once there is enough to do."""

    def __init__(self, processes: int | None = None) -> None:
        self._processes = processes or core_count()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def start(self, tasks: Sequence[RenderTask]) -> PendingRenderings:
        if self._pool is None and len(tasks) >= POOL_THRESHOLD:
            self._pool = ProcessPoolExecutor(
                self._processes, mp_context=_context(), initializer=_ignore_interrupts
            )
        try:
            return PendingRenderings(tasks, self._pool)
        except BrokenProcessPool:
            return PendingRenderings(tasks, None)


def core_count() -> int:
    """The number of cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


def _context() -> multiprocessing.context.BaseContext:
    # Never fork: this process has threads and an open database.
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def _ignore_interrupts() -> None:
    # Ctrl-C reaches the whole process group; the parent decides what to finish.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _render_all(tasks: Sequence[RenderTask]) -> list[Rendered]:
    return [render(text, path=path) for text, path in tasks]

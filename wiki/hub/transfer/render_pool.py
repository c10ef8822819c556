"""Rendering on every core: texts go out in chunks, renderings come back in order."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Self

from wiki.markup import Rendered, render

TEXTS_PER_MESSAGE = 10  # enough to hide a message's cost, few enough to keep all cores busy
STOP_CHECK_INTERVAL = 0.2  # seconds between two checks whether to stop
POOL_THRESHOLD = 20  # texts; below, starting processes takes longer than rendering here

# What is rendered: `(text, path)`.
RenderTask = tuple[str, str]


class PendingRenderings:
    """Renderings on their way."""

    def __init__(self, tasks: Sequence[RenderTask], pool: ProcessPoolExecutor | None) -> None:
        self._chunks = [
            tasks[i : i + TEXTS_PER_MESSAGE] for i in range(0, len(tasks), TEXTS_PER_MESSAGE)
        ]
        self._futures: list[Future[list[Rendered]]] = []
        if pool is not None:
            self._futures = [pool.submit(_render_all, chunk) for chunk in self._chunks]

    def result(self, is_stopped: Callable[[], bool]) -> list[Rendered] | None:
        """Wait for them; `None` when asked to stop. Texts of a process that died are done here."""
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
    """A pool of processes that render, one a core; started when there is enough to do."""

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
    # Never a plain fork: this process has threads and an open database.
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def _ignore_interrupts() -> None:
    # Ctrl-C reaches the whole group; the parent decides what to finish.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _render_all(tasks: Sequence[RenderTask]) -> list[Rendered]:
    return [render(text, path=path) for text, path in tasks]

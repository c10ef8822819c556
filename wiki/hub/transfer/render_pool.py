"""Rendering on every core: texts go out in chunks, renderings come back in order."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Self

from wiki.markup import Rendered, render

CHUNK = 10  # texts a message: enough to hide its cost, few enough to keep all cores busy
LOOK_EVERY = 0.2  # seconds between two looks whether to stop
POOL_FROM = 20  # texts; below, starting processes takes longer than rendering here

# What is rendered: `(text, path)`.
Task = tuple[str, str]


class RenderedPage:
    """Renderings on their way."""

    def __init__(self, tasks: Sequence[Task], pool: ProcessPoolExecutor | None) -> None:
        self._chunks = [tasks[i : i + CHUNK] for i in range(0, len(tasks), CHUNK)]
        self._futures: list[Future[list[Rendered]]] = []
        if pool is not None:
            self._futures = [pool.submit(_render_all, chunk) for chunk in self._chunks]

    def result(self, is_stopped: Callable[[], bool]) -> list[Rendered] | None:
        """Waits for them, or `None` when asked to stop; a process that died costs no page."""
        while wait(self._futures, timeout=LOOK_EVERY).not_done:
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
        self._processes = processes or cores()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def start(self, tasks: Sequence[Task]) -> RenderedPage:
        if self._pool is None and len(tasks) >= POOL_FROM:
            self._pool = ProcessPoolExecutor(
                self._processes, mp_context=_context(), initializer=_be_quiet
            )
        try:
            return RenderedPage(tasks, self._pool)
        except BrokenProcessPool:
            return RenderedPage(tasks, None)


def cores() -> int:
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


def _be_quiet() -> None:
    # Ctrl-C reaches the whole group; the parent decides what to finish.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _render_all(tasks: Sequence[Task]) -> list[Rendered]:
    return [render(text, path=path) for text, path in tasks]

"""The clients of the worker processes, of which each server process has two."""

import atexit
import contextlib
import os
import select
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING

from wiki.child_process import worker_command, worker_environment
from wiki.markup.model import Rendered
from wiki.markup.workers.ipc import LENGTH_HEADER, links_from_json, pack, rendered_from_json

if TYPE_CHECKING:
    from wiki.markup.source_links import SourceLink

ANSWER_TIMEOUT = 4.0  # seconds for one text on a busy machine; above the worker's own limit
LINKS_TIMEOUT = 9.0  # seconds to find the links of one text
START_TIMEOUT = 10.0  # seconds to start Python and import everything, on a busy machine
# A worker may end while idle or be killed for lack of memory; after three, the text is at fault.
RENDER_ATTEMPTS = 3
RENDER_QUEUE_TIMEOUT = 3.0  # seconds to wait for texts of other threads
READER_QUEUE_TIMEOUT = 1.0  # the same for readers


class Overloaded(Exception):
    """The machine was too busy: another attempt may well succeed."""


class _Lost(Exception):
    """The worker died."""


class _OutOfTime(Exception):
    """The worker did not answer in time."""


class RenderWorker:
    """Renders texts in a separate process, one at a time.

    Thread-safe; after a fork, the child starts a worker of its own.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

        atexit.register(self._kill)

    def _forget(self) -> None:
        self._lock = threading.Lock()
        if self._process is not None:
            self._process.returncode = 0  # it is a child of the parent process, which waits for it
        self._process = None

    def ask(self, text: str, path: str, patience: float | None = None) -> Rendered | None:
        """The rendering; `None` if the text takes too much time or memory.

        Raises `Overloaded` after waiting `patience` seconds for other texts, or if the machine is
        too busy.
        """
        answer = self._answer_to({"text": text, "path": path}, patience, ANSWER_TIMEOUT)
        return None if answer is None else rendered_from_json(answer)

    def links_of(self, text: str) -> "list[SourceLink] | None":
        """The links of a source text; `None` as for `ask`. Raises `Overloaded`."""
        answer = self._answer_to({"links_of": text}, None, LINKS_TIMEOUT)
        return None if answer is None else links_from_json(answer)

    def _answer_to(self, message: object, patience: float | None, seconds: float) -> bytes | None:
        if not self._lock.acquire(timeout=RENDER_QUEUE_TIMEOUT if patience is None else patience):
            raise Overloaded
        try:
            return self._ask(pack(message), seconds)
        finally:
            self._lock.release()

    def warm(self) -> None:
        """Start the process in the background, for a text that is likely to come soon."""
        if self._process is None:
            threading.Thread(target=self._warm, daemon=True).start()

    def _warm(self) -> None:
        with self._lock:
            self._start()

    def close(self) -> None:
        """End the process, if there is one; the next text starts a new one."""
        with self._lock:
            self._kill()

    def _ask(self, message: bytes, seconds: float) -> bytes | None:
        for _ in range(RENDER_ATTEMPTS):
            self._start()
            try:
                return self._exchange(message, seconds)
            except _OutOfTime:
                self._kill()
                raise Overloaded from None
            except _Lost:
                if self._kill() == -signal.SIGPROF:
                    return None
        return None

    def _start(self) -> None:
        if self._process is not None:
            return
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and script
            worker_command("wiki.markup.workers.worker"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=worker_environment(),
            start_new_session=True,  # so that Ctrl-C does not kill the worker
        )
        with contextlib.suppress(_Lost, _OutOfTime):
            self._exchange(pack({"text": "", "path": ""}), START_TIMEOUT)

    def _exchange(self, message: bytes, seconds: float) -> bytes:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise _Lost
        deadline = time.monotonic() + seconds
        sender, receiver = process.stdin.fileno(), process.stdout.fileno()
        os.set_blocking(sender, False)
        view = memoryview(message)
        try:
            while view:
                _wait([], [sender], deadline)
                view = view[os.write(sender, view) :]
            size = LENGTH_HEADER.unpack(_read(receiver, LENGTH_HEADER.size, deadline))[0]
            return _read(receiver, size, deadline)
        except OSError as error:
            raise _Lost from error

    def _kill(self) -> int | None:
        """End the process, if there is one; returns its exit status, `None` without one."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        return process.wait()


def _wait(read_worker: list[int], writers: list[int], deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0 or not any(select.select(read_worker, writers, [], left)):
        raise _OutOfTime


def _read(source: int, size: int, deadline: float) -> bytes:
    parts = []
    while size:
        _wait([source], [], deadline)
        part = os.read(source, min(size, 1 << 20))
        if not part:
            raise _Lost
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


save_worker = RenderWorker()
read_worker = RenderWorker()  # readers don't wait for texts that are being saved

"""Runs the inspection of a file in a separate process, and kills it if it takes too long."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from wiki.child_process import worker_command, worker_environment
from wiki.files.errors import FileRefused
from wiki.files.inspection.report import InspectionReport, Variant

INSPECTION_TIME_LIMIT = 30.0  # seconds for one file; a picture of 40 megapixels takes 8
INSPECTION_QUEUE_TIMEOUT = 60.0  # seconds to wait for other threads
MAX_WAITING = 2  # threads; with the one that inspects, three of four

_WORKER = "wiki.files.inspection.worker"


class _InspectionQueue:
    """Allows one inspection at a time in each server process, since pictures take much memory.

    At most `MAX_WAITING` threads wait for their turn, so that at least one is left for readers.
    """

    def __init__(self) -> None:
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._turn = threading.Lock()
        self._places = threading.BoundedSemaphore(MAX_WAITING + 1)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn. Raises `FileRefused` (`busy`) if too many wait, or if it takes too
        long.
        """
        with ExitStack() as held:
            if not self._places.acquire(blocking=False):
                raise FileRefused("busy")
            held.callback(self._places.release)
            if not self._turn.acquire(timeout=INSPECTION_QUEUE_TIMEOUT):
                raise FileRefused("busy")
            held.callback(self._turn.release)
            yield


_queue = _InspectionQueue()


def inspect_file(source: Path, name: str, folder: Path) -> InspectionReport:
    """What the file `source`, uploaded as `name`, is, and what to store.

    Results are written to `folder`. Raises `FileRefused`, also if the inspection takes longer than
    `INSPECTION_TIME_LIMIT`.
    """
    command = worker_command(_WORKER, str(source), name, str(folder))
    with _queue.turn():
        return _report(_run(command))


def _run(command: list[str]) -> bytes:
    try:
        run = subprocess.run(  # noqa: S603  # our own interpreter and program
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=INSPECTION_TIME_LIMIT,
            check=False,
            env=worker_environment(),
            start_new_session=True,  # a Ctrl-C for the server must not reach the worker
        )
    except subprocess.TimeoutExpired as error:
        raise FileRefused("too-complex") from error
    return run.stdout


def _report(answer: bytes) -> InspectionReport:
    try:
        found = json.loads(answer)
    except ValueError as error:  # killed by its limits before it could respond
        raise FileRefused("too-complex") from error
    if "unfit" in found:
        raise FileRefused(found["unfit"], **found.get("details", {}))
    variants = tuple(Variant(**each) for each in found.pop("variants"))
    return InspectionReport(**found, variants=variants)

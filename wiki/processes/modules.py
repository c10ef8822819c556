"""Modules that run in their own process: starting them, and ending them with their parent."""

import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from flask import Flask

from wiki.app_state import settings_of
from wiki.config import PACKAGE

NICENESS = 10  # searches and saves come first


def start_module(
    module: str, arguments: Sequence[str], app: Flask | None = None, **options: Any
) -> "subprocess.Popen[bytes]":
    """Start `python -m module`; with `app`, for the same instance and database.

    `options` are passed to `subprocess.Popen`. Raises `OSError`.
    """
    # The child imports the same package, regardless of the working directory.
    places = [str(PACKAGE.parent), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    path = os.pathsep.join(filter(None, places))
    environment = {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}
    if app is not None:
        settings = settings_of(app)
        environment |= {
            "NEXUS_INSTANCE": str(settings.instance),
            "NEXUS_DATABASE_URL": settings.database_url,
            "NEXUS_SECRET_KEY": settings.secret_key,
        }
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, env=environment, **options)  # noqa: S603


def work_for_parent() -> None:
    """Run with low priority, and exit when the parent closes standard input."""
    os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    os.read(0, 1)  # not sys.stdin: a thread in it would block our own exit
    os._exit(1)


def alive(process: int) -> Callable[[], bool]:
    """A function that tells whether a process is still alive, even if its id is reused later."""
    if not process:
        return lambda: True
    try:
        number = os.pidfd_open(process)
    except ProcessLookupError:
        return lambda: False
    except (AttributeError, OSError):
        return lambda: _answers(process)
    poller = select.poll()
    poller.register(number, select.POLLIN)
    return lambda: not poller.poll(0)


def _answers(process: int) -> bool:
    try:
        with suppress(PermissionError):  # it belongs to another user
            os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True

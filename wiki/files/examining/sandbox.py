"""Starts the process that looks into a file, and ends it when it takes too long."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from wiki.config import PACKAGE
from wiki.files.errors import Refused
from wiki.files.examining.report import Report, Variant

TIME_LIMIT = 30.0  # seconds for one file; a picture of 40 megapixels takes 8
QUEUE_LIMIT = 60.0  # seconds to wait for the other threads' files

# Makes `wiki.files` importable without `wiki/__init__.py`, which brings Flask along.
_PROGRAM = """
import sys, types
wiki = types.ModuleType("wiki")
wiki.__path__ = [sys.argv[1]]
sys.modules["wiki"] = wiki
from wiki.files.examining.worker import main
main()
"""
# One at a time in each process of the server: pictures take memory, and readers go first.
_turn = threading.Lock()
os.register_at_fork(after_in_child=lambda: globals().update(_turn=threading.Lock()))


def examine(source: Path, name: str, folder: Path) -> Report:
    """What the file `source`, sent under `name`, is, and what is to be stored of it.

    What is made of it is written into `folder`. Raises `Refused`, also when the file could not
    be examined within `TIME_LIMIT`.
    """
    command = [sys.executable, "-P", "-c", _PROGRAM, str(PACKAGE), str(source), name, str(folder)]
    if not _turn.acquire(timeout=QUEUE_LIMIT):
        raise Refused("busy")
    try:
        run = subprocess.run(  # noqa: S603  # our own interpreter and program
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PYTHONUTF8": "1"},
            start_new_session=True,  # a Ctrl-C for the server is not for the worker
        )
    except subprocess.TimeoutExpired as error:
        raise Refused("too-complex") from error
    finally:
        _turn.release()
    return _report(run.stdout)


def _report(answer: bytes) -> Report:
    try:
        found = json.loads(answer)
    except ValueError as error:  # killed by its limits, before it could say anything
        raise Refused("too-complex") from error
    if "unfit" in found:
        raise Refused(found["unfit"])
    variants = tuple(Variant(**each) for each in found.pop("variants"))
    return Report(**found, variants=variants)

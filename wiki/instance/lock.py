"""Advisory locks on files: they end with their process, so none is left behind.

Servers share that of the instance folder, and a restore has it alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

SERVE_LOCK = "serve.lock"


class InstanceInUse(RuntimeError):
    """A server works on the instance."""


@contextmanager
def lock_shared(instance: Path) -> Iterator[None]:
    """Hold the instance as a server, beside others; released when the process dies.

    Raises `InstanceInUse` while `lock_exclusively` is in its block.
    """
    with _locked(instance, shared=True):
        yield


@contextmanager
def lock_exclusively(instance: Path, *, wait: bool = False) -> Iterator[None]:
    """Keep servers out while the block runs.

    With `wait` this blocks until they have ended; otherwise it raises `InstanceInUse`.
    """
    with _locked(instance, wait=wait):
        yield


@contextmanager
def _locked(instance: Path, *, shared: bool = False, wait: bool = False) -> Iterator[None]:
    with (instance / SERVE_LOCK).open("w") as file:
        if not take_file_lock(file, shared=shared, wait=wait):
            raise InstanceInUse(str(instance))
        yield


def take_file_lock(
    file: IO[bytes] | IO[str] | int, *, shared: bool = False, wait: bool = True
) -> bool:
    """Take the lock on `file` (or a descriptor), which is held until that is closed.

    False if another process has it; with `wait` this blocks instead. `shared` locks keep out
    exclusive ones only.
    """
    import fcntl  # noqa: PLC0415  # not on Windows

    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(file, kind if wait else kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

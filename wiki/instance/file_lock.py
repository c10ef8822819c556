"""Advisory locks on open files: they end with their process, so none is left behind."""

from typing import IO


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

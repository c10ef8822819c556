"""The instance folder: its owner's alone, with temporary folders that end with their process."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TEMPORARY = ".nexus-"  # begins the name of what isn't complete; backups leave it out
# What the wiki itself puts there. A folder that holds anything else keeps its mode.
OWN = ("files", "search", "secret_key", "first_code", "serve.lock", "migrate.lock", ".gitkeep")
OWN_BEGINNINGS = (
    TEMPORARY,
    "restore-journal",
    "nexus.sqlite3",
    "limits.sqlite3",
    "before-restore-",
)
EMPTY_FOR = 60  # seconds; a younger empty folder is one that a process is about to lock


def create_privately() -> None:
    """From now on only the owner may read what this process makes, whatever the umask was."""
    os.umask(0o077)


def make_private(instance: Path) -> None:
    """Make the folder, or take from others what they might read of one that was made before.

    Raises `OSError` when it can't be made.
    """
    create_privately()
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    entries = list(instance.iterdir())
    own = [path for path in entries if _is_own(path.name)]
    for path in [*own, *([instance] if len(own) == len(entries) else [])]:
        with suppress(OSError):  # of another user, who decides
            mode = path.lstat().st_mode
            if mode & 0o077 and not path.is_symlink():
                path.chmod(mode & 0o700)


@contextmanager
def temporary_folder(parent: Path, purpose: str) -> Iterator[Path]:
    """A folder in `parent` that is gone afterwards, by `sweep` where this process is killed."""
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=f"{TEMPORARY}{purpose}-"))
    try:
        with held(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def held(path: Path | str) -> Iterator[None]:
    """Tell others that a process works on a file or folder; they know when it is dead."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> int:
    """Delete the files and folders that killed processes left in `folder`; returns how many."""
    count = 0
    for path in folder.glob(f"{TEMPORARY}*"):
        with suppress(OSError):
            if path.is_symlink() or not _is_left(path):
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            count += 1
    return count


def sweep_all(instance: Path) -> int:
    """Delete what killed processes left anywhere in the instance; returns how many."""
    return sweep(instance) + sweep(instance / "files")


def _is_left(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        if not _lock(descriptor):
            return False
        is_empty = not (any(path.iterdir()) if path.is_dir() else path.stat().st_size)
        return not is_empty or path.stat().st_mtime < time.time() - EMPTY_FOR
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Whether the lock was to be had; it goes with the descriptor, so with the process."""
    import fcntl  # noqa: PLC0415  # not on Windows

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_own(name: str) -> bool:
    return name in OWN or name.startswith(OWN_BEGINNINGS)

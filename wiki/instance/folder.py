"""The instance folder: readable by its owner only, with temporary folders."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wiki.instance.lock import take_file_lock

TEMPORARY_PREFIX = ".nexus-"  # of incomplete files; backups leave them out
# What the wiki itself creates. A folder that holds anything else keeps its mode.
OWN_FILES = (
    "files",
    "search",
    "secret_key",
    "first_code",
    "serve.lock",
    "migrate.lock",
    "mail.lock",
    ".gitkeep",
)
OWN_PREFIXES = (
    TEMPORARY_PREFIX,
    "restore-journal",
    "nexus.sqlite3",
    "limits.sqlite3",
    "before-restore-",
)
MIN_EMPTY_AGE = 60  # seconds; a process may be about to lock a younger empty folder


def restrict_umask() -> None:
    """From now on only the owner may read what this process creates."""
    os.umask(0o077)


def make_private(instance: Path) -> None:
    """Create the folder, or take from others the right to read it.

    Raises `OSError` when it can't be created.
    """
    restrict_umask()
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    entries = list(instance.iterdir())
    own = [path for path in entries if _is_own_file(path.name)]
    for path in [*own, *([instance] if len(own) == len(entries) else [])]:
        with suppress(OSError):  # another user's, who decides
            mode = path.lstat().st_mode
            if mode & 0o077 and not path.is_symlink():
                path.chmod(mode & 0o700)


@contextmanager
def temporary_folder(parent: Path, purpose: str) -> Iterator[Path]:
    """A folder in `parent`, deleted afterwards; by `delete_leftovers` if this process is killed."""
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=f"{TEMPORARY_PREFIX}{purpose}-"))
    try:
        with locked(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked(path: Path | str) -> Iterator[None]:
    """Mark a file or folder as in use, until the block or the process ends."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        take_file_lock(descriptor, wait=False)
        yield
    finally:
        os.close(descriptor)


def delete_leftovers(folder: Path) -> int:
    """Delete the files and folders that killed processes left in `folder`; returns how many."""
    count = 0
    for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
        with suppress(OSError):
            if path.is_symlink() or not _is_leftover(path):
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            count += 1
    return count


def delete_all_leftovers(instance: Path) -> int:
    """Delete what killed processes left anywhere in the instance; returns how many."""
    return delete_leftovers(instance) + delete_leftovers(instance / "files")


def _is_leftover(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        if not take_file_lock(descriptor, wait=False):
            return False
        is_empty = not (any(path.iterdir()) if path.is_dir() else path.stat().st_size)
        return not is_empty or path.stat().st_mtime < time.time() - MIN_EMPTY_AGE
    finally:
        os.close(descriptor)


def _is_own_file(name: str) -> bool:
    return name in OWN_FILES or name.startswith(OWN_PREFIXES)

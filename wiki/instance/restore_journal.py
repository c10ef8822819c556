"""The journal of a restore, so that an interrupted one is finished at the next start.

All moves are written to a journal before the first one. Each move is a rename, or a copy and a
rename, so that it is done or not done; the next process that opens the instance does the rest.
Source: C. Mohan et al., "ARIES", 1992: write-ahead logging with an idempotent redo.
"""

import errno
import json
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from wiki.instance.durable import sync
from wiki.instance.folder import TEMPORARY_PREFIX
from wiki.instance.lock import lock_exclusively

JOURNAL = "restore-journal.json"
REPLACED_PREFIX = "before-restore-"  # of the folder with what a restore replaced


class RestoreInterrupted(RuntimeError):
    """An interrupted restore that a person has to finish; the message says how."""


@dataclass(frozen=True, slots=True)
class FileMove:
    """A file or folder and where it is moved."""

    source: Path
    target: Path


def run_moves(instance: Path, moves: Iterable[FileMove]) -> None:
    """Do all moves, now or at the next start. The caller holds the instance exclusively."""
    journal = instance / JOURNAL
    draft = instance / f"{TEMPORARY_PREFIX}{JOURNAL}"
    rows = [[str(move.source), str(move.target), _inode(move.source)] for move in moves]
    # The files must be on the disk before the journal that names them.
    os.sync()
    with draft.open("w", encoding="utf-8") as file:
        json.dump(rows, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, journal)
    _sync(instance)
    _replay(journal)


def finish_interrupted_restore(instance: Path) -> bool:
    """Finish an interrupted restore; whether there was one. Waits for one in progress.

    Raises `RestoreInterrupted` when the journal can't be read, `OSError` when a move fails again.
    """
    journal = instance / JOURNAL
    if not journal.exists():
        return False
    with lock_exclusively(instance, wait=True):
        # Another process may have finished it.
        if not journal.exists():
            return False
        _replay(journal)
    return True


def refuse_missing_database(instance: Path, database: Path) -> None:
    """Refuse to start without a database where a restore has moved one away.

    Raises `RestoreInterrupted`: an empty wiki in its place would look as if everything were lost.
    """
    aside = sorted(instance.glob(f"{REPLACED_PREFIX}*/{database.name}"))
    if aside and not database.exists():
        raise RestoreInterrupted(
            f"There is no database at {database}, but a restore has moved one aside: {aside[-1]}. "
            "Move the contents of that folder back, or restore a backup: nexus restore FILE"
        )


def _replay(journal: Path) -> None:
    try:
        rows = json.loads(journal.read_text(encoding="utf-8"))
        moves = [(FileMove(Path(source), Path(target)), inode) for source, target, inode in rows]
    except (ValueError, TypeError) as error:
        raise RestoreInterrupted(
            f"{journal} lists what is left of an interrupted restore, but can’t be read. Delete "
            "it and restore the backup again: nexus restore FILE --force"
        ) from error
    for move, inode in moves:
        # Another file may be there by now.
        if _inode(move.source) == inode:
            _run_move(move)
    os.sync()
    journal.unlink()
    _sync(journal.parent)


def _inode(path: Path) -> int:
    """The inode of a file or folder, which a rename keeps; 0 if there is none."""
    return path.lstat().st_ino if os.path.lexists(path) else 0


def _run_move(move: FileMove) -> None:
    if move.target.exists():
        # It is complete, since it was renamed: the source was being deleted.
        _delete(move.source)
        return
    move.target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.rename(move.source, move.target)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EBUSY):
            raise
        # On another disk, or a mounted folder.
        draft = move.target.with_name(f"{TEMPORARY_PREFIX}{move.target.name}")
        _delete(draft)
        if move.source.is_dir():
            shutil.copytree(move.source, draft, symlinks=True)
        else:
            shutil.copy2(move.source, draft)
        os.sync()
        os.rename(draft, move.target)
        _delete(move.source)
    _sync(move.target.parent)


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Make a rename durable; not every file system allows this for a folder."""
    with suppress(OSError):
        sync(folder)

"""Files that survive a power cut, and their checksums."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any


def sync(path: Path) -> None:
    """Flush a file, or the entries of a folder, to disk.

    A new name is only durable once the folder is: the entry is part of that, not of the file.
    """
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def replace_file(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Replace a file atomically: there is always the old one or the new one.

    `mode`: its permissions, minus the umask.
    """
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    sync(path.parent)


def read_json(path: Path) -> Any:
    """What a file holds as JSON. Raises `OSError`, and `ValueError` for whatever isn't JSON."""
    try:
        return json.loads(path.read_bytes())
    except RecursionError as error:
        raise ValueError(f"{path.name}: nested too deeply") from error


def checksum(path: Path) -> str:
    """SHA-256 of a file's content, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

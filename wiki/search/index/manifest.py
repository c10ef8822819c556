"""The manifest: the list of an index's segments, a file that is replaced atomically.

The folder `instance/search/` contains `current`, which names the folder of the live index. That
folder contains Whoosh's files, the arrays, and `manifest.json`: the segments with the checksums of
their files, their deleted documents, and the position in the outbox that the index has reached.
Readers use only the manifest, so position and contents always agree.
"""

import base64
import json
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiki.instance.durable import checksum, read_json, replace_file
from wiki.search.index.array_file import Damaged
from wiki.search.position import Position

# Raised when fields, analysis or weights change: an index of another version is rebuilt.
FORMAT = 12
MANIFEST = "manifest.json"
CURRENT = "current"


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment: the SHA-256 of its files by name, and which of its documents are deleted."""

    name: str
    count: int
    arrays: str
    files: dict[str, str]
    deleted: str = ""

    def deleted_mask(self) -> NDArray[np.bool_]:
        """A new mask (documents,) of the deleted documents. Raises `Damaged`."""
        if not self.deleted:
            return np.zeros(self.count, bool)
        try:
            bits = np.frombuffer(zlib.decompress(base64.b64decode(self.deleted)), np.uint8)
        except (ValueError, zlib.error) as error:
            raise Damaged(f"{MANIFEST}: {error}") from error
        return np.unpackbits(bits, count=self.count).astype(bool)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The segments of an index, and its position in the outbox.

    Read by `read_manifest`; `write_manifest` makes it the current one.
    """

    format: int
    generation: int  # of Whoosh's table of contents
    position: Position  # all entries up to here are in the index
    segments: tuple[SegmentEntry, ...]


def pack_mask(mask: NDArray[np.bool_]) -> str:
    """The mask for `SegmentEntry.deleted`: compressed bits as Base64, or an empty string."""
    if not mask.any():
        return ""
    return base64.b64encode(zlib.compress(np.packbits(mask).tobytes())).decode()


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest. Raises `Damaged`, also for another format; `OSError` without one."""
    try:
        data: dict[str, Any] = read_json(folder / MANIFEST)
        segments = tuple(SegmentEntry(**entry) for entry in data.pop("segments"))
        position = Position(*data.pop("position"))
        manifest = Manifest(segments=segments, position=position, **data)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Damaged(f"{MANIFEST}: {error}") from error
    if manifest.format != FORMAT:
        raise Damaged(f"format {manifest.format}, not {FORMAT}")
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Atomically replace the manifest of the index in `folder`."""
    replace_file(folder / MANIFEST, json.dumps(asdict(manifest)).encode())


def current_folder(root: Path) -> Path:
    """The folder of the live index. Raises `OSError` if there is none, and `Damaged`."""
    name = (root / CURRENT).read_text().strip()
    if not name or "/" in name or name.startswith("."):
        raise Damaged(f"{CURRENT} names no folder")
    return root / name


def make_current(root: Path, folder: Path) -> None:
    """Make the index in `folder`, a folder in `root`, the live one that searches use."""
    replace_file(root / CURRENT, folder.name.encode())


def damaged_files(folder: Path, manifest: Manifest) -> list[str]:
    """The files that are missing or differ from their checksums."""
    damaged = []
    for segment in manifest.segments:
        for name, expected in segment.files.items():
            try:
                is_whole = checksum(folder / name) == expected
            except OSError:
                is_whole = False
            if not is_whole:
                damaged.append(name)
    return damaged

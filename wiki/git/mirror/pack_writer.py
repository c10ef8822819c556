"""Writes a Git pack object by object, in the order of commits.

Source: Git, `Documentation/gitformat-pack.txt`.
"""

import hashlib
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, NamedTuple

from wiki.git.mirror.delta import delta_between
from wiki.instance.durable import sync

COMMIT, TREE, BLOB = 1, 2, 3
_NAMES = {COMMIT: b"commit", TREE: b"tree", BLOB: b"blob"}
LONGEST_CHAIN = 48  # deltas to resolve for one object
OFS_DELTA = 6  # a delta whose base is earlier in the pack
REF_DELTA = 7  # a delta whose base is named by its id
HASH_CHUNK = 1024 * 1024  # bytes
HEADER = b"PACK\0\0\0\2"
HEADER_SIZE, TRAILER_SIZE, ID_SIZE = 12, 20, 20  # bytes


class _Version(NamedTuple):
    raw: bytes
    offset: int
    depth: int


def object_id(kind: int, raw: bytes) -> bytes:
    """The 20-byte SHA-1 by which Git identifies an object."""
    header = b"%s %d\0" % (_NAMES[kind], len(raw))
    return hashlib.sha1(header + raw, usedforsecurity=False).digest()


def entry_header(kind: int, size: int, distance: int | None = None) -> bytes:
    """The header of an object in a pack; `distance` is from a delta back to its base, in bytes."""
    return size_header(kind, size) + (b"" if distance is None else distance_bytes(distance))


def size_header(kind: int, size: int) -> bytes:
    """Type and size: four bits of the size in the first byte, then seven per byte, lowest first."""
    made, size = bytearray([kind << 4 | size & 15]), size >> 4
    while size:
        made[-1] |= 0x80
        made.append(size & 0x7F)
        size >>= 7
    return bytes(made)


def distance_bytes(distance: int) -> bytes:
    """An offset: seven bits per byte, highest first, where each byte but the last counts one
    more.
    """
    made = [distance & 0x7F]
    while distance := distance >> 7:
        distance -= 1
        made.append(0x80 | distance & 0x7F)
    return bytes(reversed(made))


class PackWriter:
    """A pack that appears in `folder` once it is finished; objects that `is_known` are left out."""

    def __init__(self, folder: Path, is_known: Callable[[bytes], bool]) -> None:
        self._folder = folder
        self._is_known = is_known
        self._file: IO[bytes] = NamedTemporaryFile(  # noqa: SIM115  # `finish`, `discard`
            dir=folder, prefix="tmp_pack_", delete=False
        )
        self._file.write(HEADER + bytes(4))
        self._at = HEADER_SIZE
        self._entries: dict[bytes, tuple[int, int]] = {}
        self._last: dict[object, _Version] = {}

    @property
    def count(self) -> int:
        return len(self._entries)

    def add(self, kind: int, raw: bytes, key: object = None) -> bytes:
        """Add an object and return its id. Objects with the same `key` are versions of one
        thing.
        """
        id_ = object_id(kind, raw)
        if id_ in self._entries or self._is_known(id_):
            return id_
        base = self._last.get(key) if key is not None else None
        delta = None
        if base is not None and base.depth < LONGEST_CHAIN:
            delta = delta_between(base.raw, raw)
        if key is not None:
            depth = base.depth + 1 if base and delta is not None else 0
            self._last[key] = _Version(raw, self._at, depth)
        if delta is None or base is None:
            header = entry_header(kind, len(raw))
        else:
            header = entry_header(OFS_DELTA, len(delta), self._at - base.offset)
        entry = header + zlib.compress(raw if delta is None else delta)
        self._entries[id_] = (self._at, zlib.crc32(entry))
        self._file.write(entry)
        self._at += len(entry)
        return id_

    def finish(self) -> str:
        """Write the pack and its index durably; returns the pack’s name."""
        from dulwich.pack import write_pack_index_v2  # noqa: PLC0415

        file = self._file
        file.seek(0)
        file.write(HEADER + len(self._entries).to_bytes(4, "big"))
        file.seek(0)
        digest = hashlib.sha1(usedforsecurity=False)
        while chunk := file.read(HASH_CHUNK):
            digest.update(chunk)
        file.write(digest.digest())
        self._sync(file)
        name = f"pack-{digest.hexdigest()}"
        entries = sorted((id_, *place) for id_, place in self._entries.items())
        with NamedTemporaryFile(dir=self._folder, prefix="tmp_idx_", delete=False) as index:
            write_pack_index_v2(index, entries, digest.digest())
            self._sync(index)
        for made, suffix in ((file.name, "pack"), (index.name, "idx")):
            os.chmod(made, 0o600)
            os.replace(made, self._folder / f"{name}.{suffix}")
        sync(self._folder)
        return name

    def discard(self) -> None:
        self._file.close()
        Path(self._file.name).unlink(missing_ok=True)

    def _sync(self, file: IO[bytes]) -> None:
        file.flush()
        os.fsync(file.fileno())
        file.close()

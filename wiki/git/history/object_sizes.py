"""The size of an object in a repository, without reading it: a file may be larger than memory.

Source: Git, `Documentation/gitformat-pack.txt`. If an object can’t be found here, its size is
unknown.
"""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from dulwich.object_format import SHA1
from dulwich.objects import ObjectID
from dulwich.pack import PackIndex, load_pack_index

OFS_DELTA, REF_DELTA = 6, 7
ID_SIZE = 20  # bytes
_HEAD = 512  # bytes to read; a header is a few bytes long
_MOST_ALTERNATES = 10


class ObjectSizes:
    """The sizes of the objects in `folder`, the `objects` folder of a repository."""

    def __init__(self, folder: Path) -> None:
        self._folders = list(_with_alternates(folder))
        self._packs: list[tuple[PackIndex, IO[bytes]]] | None = None

    def size_of(self, id_: ObjectID) -> int | None:
        """The object’s size in bytes; `None` if it can’t be determined."""
        with suppress(OSError, ValueError, IndexError, zlib.error):
            if (size := self._loose(id_.decode("ascii"))) is not None:
                return size
            for index, pack in self._open_packs():
                with suppress(KeyError):
                    return _packed(pack, index.object_offset(id_))
        return None

    def close(self) -> None:
        for index, pack in self._packs or ():
            index.close()
            pack.close()
        self._packs = None

    def _loose(self, name: str) -> int | None:
        for folder in self._folders:
            try:
                with (folder / name[:2] / name[2:]).open("rb") as file:
                    head = zlib.decompressobj().decompress(file.read(_HEAD), _HEAD)
            except FileNotFoundError:
                continue
            return int(head.partition(b"\0")[0].rpartition(b" ")[2])
        return None

    def _open_packs(self) -> list[tuple[PackIndex, IO[bytes]]]:
        if self._packs is None:
            self._packs = [
                (load_pack_index(index, SHA1), index.with_suffix(".pack").open("rb"))
                for folder in self._folders
                for index in sorted((folder / "pack").glob("*.idx"))
            ]
        return self._packs


def _packed(pack: IO[bytes], offset: int) -> int:
    """The size of the object at `offset`; for a delta, the size of what it produces."""
    pack.seek(offset)
    head = pack.read(_HEAD)
    kind, size, at = head[0] >> 4 & 7, head[0] & 15, 1
    shift = 4
    while head[at - 1] & 0x80:
        size |= (head[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
    if kind not in (OFS_DELTA, REF_DELTA):
        return size
    if kind == REF_DELTA:
        at += ID_SIZE
    else:
        while head[at] & 0x80:
            at += 1
        at += 1
    delta = zlib.decompressobj().decompress(head[at:], 40)
    _, at = _number(delta, 0)
    return _number(delta, at)[0]


def _number(raw: bytes, at: int) -> tuple[int, int]:
    """A number in a delta, and the position after it. Raises `ValueError`."""
    number = shift = 0
    while at < len(raw):
        byte = raw[at]
        number |= (byte & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if not byte & 0x80:
            return number, at
    raise ValueError("cut off")


def _with_alternates(folder: Path) -> Iterator[Path]:
    """The folder and its alternates, from which it borrows objects."""
    waiting, seen = [folder], set[Path]()
    while waiting and len(seen) < _MOST_ALTERNATES:
        place = waiting.pop(0)
        if place in seen:
            continue
        seen.add(place)
        yield place
        with suppress(OSError, ValueError):
            for line in (place / "info" / "alternates").read_text().splitlines():
                if line and not line.startswith("#"):
                    waiting.append((place / line).resolve())

"""What comes after a commit in a pack, copied as it is: nothing is unpacked, or packed again.

A delta whose base is copied too keeps its distance from it; one whose base the client has names
that by its id (a thin pack). Source: Git, `Documentation/gitformat-pack.txt`.
"""

import os
import struct
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

from wiki.git.mirror.pack_writer import (
    HASH_CHUNK,
    ID_SIZE,
    OFS_DELTA,
    REF_DELTA,
    TRAILER_SIZE,
    distance_bytes,
    size_header,
)

_FANOUT = 8  # bytes before it: a magic number and the version
_NAMES = _FANOUT + 256 * 4
_LONG_OFFSET = 1 << 31  # offsets from there on are in another table
_LONGEST_HEADER = 32  # bytes: two numbers of at most ten digits of seven bits


class PackTail:
    """The objects behind `commit` in the pack at `path`, or all, if it isn't there."""

    def __init__(self, path: Path, commit: bytes) -> None:
        self._index = path.with_suffix(".idx").read_bytes()
        self._count = int.from_bytes(self._index[_NAMES - 4 : _NAMES], "big")
        begin = _NAMES + self._count * (ID_SIZE + 4)  # behind the ids and the checksums
        table = self._index[begin : begin + self._count * 4]
        self._offsets = struct.unpack(f">{self._count}I", table)
        after = self._offset_of(commit)
        self._places = sorted(offset for offset in self._offsets if offset > after)
        self.is_readable = all(offset < _LONG_OFFSET for offset in self._places[-1:])
        self._file = path.with_suffix(".pack").open("rb")

    def __len__(self) -> int:
        return len(self._places)

    def close(self) -> None:
        self._file.close()

    def _id(self, number: int) -> bytes:
        begin = _NAMES + number * ID_SIZE
        return self._index[begin : begin + ID_SIZE]

    def _offset_of(self, id_: bytes) -> int:
        number = bisect_left(range(self._count), id_, key=self._id)
        is_there = number < self._count and self._id(number) == id_
        return self._offsets[number] if is_there else 0

    def copied(self, at: int) -> Iterator[bytes]:
        """The objects as they are in a pack where the first of them begins at `at`."""
        ends = [*self._places[1:], os.fstat(self._file.fileno()).st_size - TRAILER_SIZE]
        numbers = {offset: number for number, offset in enumerate(self._offsets)}
        moved: dict[int, int] = {}
        for begin, end in zip(self._places, ends, strict=True):
            moved[begin] = at
            self._file.seek(begin)
            head = self._file.read(min(_LONGEST_HEADER, end - begin))
            kind, size, length = _read_size(head)
            new = head[:length]
            if kind == OFS_DELTA:
                distance, length = _read_distance(head, length)
                base = begin - distance
                if base in moved:
                    new += distance_bytes(at - moved[base])
                else:
                    new = size_header(REF_DELTA, size) + self._id(numbers[base])
            yield new
            at += len(new) + end - begin - length
            self._file.seek(begin + length)
            yield from self._chunks(end - begin - length)

    def _chunks(self, left: int) -> Iterator[bytes]:
        while left > 0 and (chunk := self._file.read(min(left, HASH_CHUNK))):
            left -= len(chunk)
            yield chunk


def _read_size(head: bytes) -> tuple[int, int, int]:
    """Kind and size of an object, and the length of what says so."""
    byte, at = head[0], 1
    kind, size, shift = (byte >> 4) & 7, byte & 15, 4
    while byte & 0x80:
        byte = head[at]
        size |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return kind, size, at


def _read_distance(head: bytes, at: int) -> tuple[int, int]:
    """How far before a delta its base is, and where that ends."""
    byte = head[at]
    distance, at = byte & 0x7F, at + 1
    while byte & 0x80:
        byte = head[at]
        distance, at = (distance + 1) << 7 | byte & 0x7F, at + 1
    return distance, at

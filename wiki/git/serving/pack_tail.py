"""Copies everything after a commit in a pack byte for byte, without unpacking it.

A delta whose base is also copied keeps its distance to it; otherwise the base is named by its id
(a thin pack), since the client has it. Source: Git, `Documentation/gitformat-pack.txt`.
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

_FANOUT = 8  # offset in bytes, after the magic number and the version
_NAMES = _FANOUT + 256 * 4
_LONG_OFFSET = 1 << 31  # larger offsets are in a separate table
_LONGEST_HEADER = 32  # bytes: two numbers of at most ten bytes each


class PackTail:
    """The objects after `commit` in the pack at `path`; all objects if the commit isn’t in it."""

    def __init__(self, path: Path, commit: bytes) -> None:
        self._index = path.with_suffix(".idx").read_bytes()
        self._count = int.from_bytes(self._index[_NAMES - 4 : _NAMES], "big")
        begin = _NAMES + self._count * (ID_SIZE + 4)  # after the ids and the checksums
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
        """The objects, adjusted to a pack in which the first of them starts at `at`."""
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
    """Type and size of an object, and the length of its header."""
    byte, at = head[0], 1
    kind, size, shift = (byte >> 4) & 7, byte & 15, 4
    while byte & 0x80:
        byte = head[at]
        size |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return kind, size, at


def _read_distance(head: bytes, at: int) -> tuple[int, int]:
    """The distance from a delta back to its base, and the position after it."""
    byte = head[at]
    distance, at = byte & 0x7F, at + 1
    while byte & 0x80:
        byte = head[at]
        distance, at = (distance + 1) << 7 | byte & 0x7F, at + 1
    return distance, at

"""Reads a pushed pack into memory, within limits. Nothing of it is written to disk.

Source: Git, `Documentation/gitformat-pack.txt`.
"""

import zlib
from collections.abc import Callable

from wiki.git.mirror.pack_writer import (
    BLOB,
    COMMIT,
    HEADER,
    HEADER_SIZE,
    ID_SIZE,
    TREE,
    object_id,
)
from wiki.git.receiving.errors import PushRefused
from wiki.i18n import lazy as _l

OFS_DELTA, REF_DELTA, TAG = 6, 7, 4
INFLATED_LIMIT = 60_000_000  # bytes of all objects together
OBJECTS_LIMIT = 20_000
OPERATION_COST = 16  # bytes of the limit that each operation of a delta costs
_COPY = 0x80
_CHUNK = 8_192  # bytes to inflate at once

_MALFORMED = _l("The pushed data is damaged. Try again.")
_TOO_LARGE = _l("The push is too large. Split it into several pushes.")

# Looks up the type and content of an object in the mirror.
FindObject = Callable[[bytes], tuple[int, bytes] | None]


class PushedObjects:
    """The objects of a pack by id, backed by those of the mirror."""

    def __init__(self, pack: bytes, find: FindObject) -> None:
        """Raises `PushRefused`."""
        self._find = find
        self._objects: dict[bytes, tuple[int, bytes]] = {}
        self._at: dict[int, tuple[int, bytes]] = {}
        self._left = INFLATED_LIMIT
        # Many deltas share one base.
        self._last_found: tuple[bytes, tuple[int, bytes]] | None = None
        if pack:
            self._read(pack)

    def read(self, id_: bytes, kind: int) -> bytes:
        """The content of an object. Raises `PushRefused` if it is missing."""
        found = self._objects.get(id_) or self._find(id_)
        if found is None or found[0] != kind:
            raise PushRefused(_MALFORMED)
        return found[1]

    def _read(self, pack: bytes) -> None:
        if not pack.startswith(HEADER) or len(pack) < HEADER_SIZE:
            raise PushRefused(_MALFORMED)
        count = int.from_bytes(pack[len(HEADER) : HEADER_SIZE], "big")
        if count > OBJECTS_LIMIT:
            raise PushRefused(_TOO_LARGE)
        at, waiting = HEADER_SIZE, list[tuple[int, bytes, bytes]]()
        try:
            for _ in range(count):
                at = self._read_object(pack, at, waiting)
        except (IndexError, zlib.error) as error:
            raise PushRefused(_MALFORMED) from error
        try:
            self._resolve(waiting)
        except IndexError as error:
            raise PushRefused(_MALFORMED) from error

    def _read_object(self, pack: bytes, at: int, waiting: list[tuple[int, bytes, bytes]]) -> int:
        """Read the object at `at`; add it to `waiting` if its base comes later."""
        begin = at
        kind, size, at = _entry_header(pack, at)
        base: int | bytes = b""
        if kind == OFS_DELTA:
            distance, at = _distance(pack, at)
            base = begin - distance
        elif kind == REF_DELTA:
            base, at = pack[at : at + ID_SIZE], at + ID_SIZE
        elif kind not in (COMMIT, TREE, BLOB, TAG):
            raise PushRefused(_MALFORMED)
        self._spend(size)
        raw, at = _inflated(pack, at, size)
        if not isinstance(base, int) and not base:
            self._keep(begin, kind, raw)
            return at
        of = self._at.get(base) if isinstance(base, int) else self._known(base)
        if of is not None:
            self._keep(begin, of[0], self._patched(of[1], raw))
        elif isinstance(base, bytes):
            waiting.append((begin, base, raw))
        else:
            raise PushRefused(_MALFORMED)
        return at

    def _resolve(self, waiting: list[tuple[int, bytes, bytes]]) -> None:
        """Resolve deltas whose bases came later, as soon as each base is available."""
        on_base: dict[bytes, list[tuple[int, bytes]]] = {}
        for begin, base, raw in waiting:
            on_base.setdefault(base, []).append((begin, raw))
        for first in list(on_base):
            ready = [first]
            while ready:
                base = ready.pop()
                of = self._known(base) if base in on_base else None
                if of is not None:
                    deltas = on_base.pop(base)
                    ready += [
                        self._keep(at, of[0], self._patched(of[1], raw)) for at, raw in deltas
                    ]
        if on_base:
            raise PushRefused(_MALFORMED)

    def _known(self, id_: bytes) -> tuple[int, bytes] | None:
        if found := self._objects.get(id_):
            return found
        if self._last_found is None or self._last_found[0] != id_:
            read = self._find(id_)
            if read is None:
                return None
            self._spend(len(read[1]))  # counts against the limit as if it had been sent
            self._last_found = id_, read
        return self._last_found[1]

    def _keep(self, begin: int, kind: int, raw: bytes) -> bytes:
        self._at[begin] = (kind, raw)
        if kind == TAG:
            return b""
        id_ = object_id(kind, raw)
        self._objects[id_] = (kind, raw)
        return id_

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise PushRefused(_TOO_LARGE)

    def _patched(self, base: bytes, delta: bytes) -> bytes:
        """Apply a delta to its base, after checking the size of the result."""
        length, at = _varint(delta, 0)
        size, at = _varint(delta, at)
        if length != len(base):
            raise PushRefused(_MALFORMED)
        self._spend(size)
        result, made = bytearray(size), 0
        while at < len(delta):
            self._spend(OPERATION_COST)
            code = delta[at]
            at += 1
            if code & _COPY:
                operands = [0] * 7
                for bit in range(7):
                    if code & (1 << bit):
                        operands[bit] = delta[at]
                        at += 1
                offset = int.from_bytes(operands[:4], "little")
                part = base[offset : offset + (int.from_bytes(operands[4:], "little") or 0x10000)]
            else:
                part = delta[at : at + code]
                at += code
            if not part or made + len(part) > size:
                raise PushRefused(_MALFORMED)
            result[made : made + len(part)] = part
            made += len(part)
        if made != size:
            raise PushRefused(_MALFORMED)
        return bytes(result)


def _inflated(pack: bytes, at: int, size: int) -> tuple[bytes, int]:
    """The decompressed content at `at`, and where it ends; never more than its declared size."""
    decoder, parts, made = zlib.decompressobj(), list[bytes](), 0
    while not decoder.eof:
        chunk = pack[at : at + _CHUNK]
        part = decoder.decompress(chunk, size + 1 - made)
        made += len(part)
        if made > size or not chunk:
            raise PushRefused(_MALFORMED)
        parts.append(part)
        at += len(chunk) - len(decoder.unconsumed_tail) - len(decoder.unused_data)
    if made != size:
        raise PushRefused(_MALFORMED)
    return b"".join(parts), at


def _entry_header(pack: bytes, at: int) -> tuple[int, int, int]:
    byte = pack[at]
    at += 1
    kind, size, shift = (byte >> 4) & 7, byte & 15, 4
    while byte & 0x80:
        byte = pack[at]
        at += 1
        size |= (byte & 0x7F) << shift
        shift += 7
        if size > INFLATED_LIMIT:
            raise PushRefused(_TOO_LARGE)
    return kind, size, at


def _distance(pack: bytes, at: int) -> tuple[int, int]:
    byte = pack[at]
    at += 1
    distance = byte & 0x7F
    while byte & 0x80 and distance <= len(pack):
        byte = pack[at]
        at += 1
        distance = (distance + 1) << 7 | byte & 0x7F
    return distance, at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, at
        if shift > 40:
            raise PushRefused(_MALFORMED)

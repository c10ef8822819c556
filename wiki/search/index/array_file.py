"""Stores arrays in one file, which every reading process maps into memory.

The file never changes: it is written under a temporary name and renamed. It contains a magic
number, the length of the header, the header (JSON), and the arrays, aligned to 64 bytes.
"""

import json
import mmap
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FILE_MAGIC = b"NXARRAY1"
ALIGNMENT = 64  # bytes; a cache line

Array = NDArray[Any]


class Damaged(ValueError):
    """A file of the index is damaged, or of another format."""


def write_arrays(
    path: Path, arrays: Mapping[str, Array], fields: Mapping[str, tuple[int, int]] | None = None
) -> None:
    """Write and sync arrays; `fields` maps each field to its half-open range of term numbers."""
    offset = 0
    places: dict[str, tuple[str, int, int]] = {}
    for name, array in arrays.items():
        places[name] = (array.dtype.str, offset, len(array))
        offset += -(-array.nbytes // ALIGNMENT) * ALIGNMENT
    header = json.dumps({"arrays": places, "fields": fields or {}, "size": offset}).encode()
    start = -(-(len(FILE_MAGIC) + 8 + len(header)) // ALIGNMENT) * ALIGNMENT
    draft = path.with_name(f".{path.name}")
    with draft.open("wb") as file:
        file.write(FILE_MAGIC + len(header).to_bytes(8, "little") + header)
        for name, array in arrays.items():
            file.seek(start + places[name][1])
            file.write(np.ascontiguousarray(array).data)
        file.truncate(start + offset)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


class ArrayFile:
    """A memory-mapped file of arrays, read-only and thread-safe.

    Raises `Damaged` if the file is not valid, and `OSError` if it can't be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            self.size = os.fstat(file.fileno()).st_size
            if self.size < len(FILE_MAGIC) + 8:
                raise Damaged(f"{path.name} is cut short")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            self._read_header()
            self._read_arrays()
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(f"{path.name}: {error}") from error

    def _read_header(self) -> None:
        if self._map[: len(FILE_MAGIC)] != FILE_MAGIC:
            raise Damaged("wrong beginning")
        length = int.from_bytes(self._map[len(FILE_MAGIC) : len(FILE_MAGIC) + 8], "little")
        begin = len(FILE_MAGIC) + 8
        header = json.loads(self._map[begin : begin + length])
        self._start = -(-(begin + length) // ALIGNMENT) * ALIGNMENT
        if self._start + header["size"] != self.size:
            raise Damaged("cut short")
        self._places = header["arrays"]
        self.fields = {name: (first, last) for name, (first, last) in header["fields"].items()}

    def _read_arrays(self) -> None:
        """Set attributes from the arrays in the file. Raises `KeyError` if one is missing."""

    def _array(self, name: str) -> Array:
        dtype, offset, count = self._places[name]
        return np.frombuffer(self._map, np.dtype(dtype), count, self._start + offset)

    def is_whole(self) -> bool:
        """Whether the file still has its size: reading a truncated one would kill the process."""
        try:
            return os.stat(self.path).st_size == self.size
        except OSError:
            return False

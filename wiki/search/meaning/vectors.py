"""The vectors of a segment's passages in one file, mapped by every process that searches.

The files are in a folder named after the versions of encoder and format. A file belongs to the
segment of the same name and contains, for each passage, the number of its document, a hash of its
text, the signs of its vector as bits, and the vector in int8. It is replaced by a fuller one until
all documents are encoded. Documents that change are deleted in the segment, so no outdated vector
is matched.
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wiki.search.index.array_file import ArrayFile, write_arrays
from wiki.search.index.segment_arrays import SegmentArrays
from wiki.search.index.snapshot import Snapshot

# Raised when encoder, passages or format change: everything is then encoded again.
FORMAT = 1
FOLDER = f"vectors-{FORMAT}"
DIMENSIONS = 384
WORDS = DIMENSIONS // 64  # of 64 bits
# In so many dimensions, no component of a unit vector is much larger than 0.3.
SCALE = 400.0
CODE_LENGTH = 8  # bytes
# The number of passages that are compared exactly: those with the most signs in common.
CANDIDATES = 1000

Vector = NDArray[np.float32]
Mask = NDArray[np.bool_]
Encode = Callable[[str], Vector]  # the unit vector of a text
# Document numbers, ascending, and the cosine of each; (documents,).
Nearest = tuple[NDArray[np.intp], Vector]


def text_code(text: str) -> int:
    """A hash that identifies the text of a passage."""
    return int.from_bytes(blake2b(text.encode(), digest_size=CODE_LENGTH).digest(), "little")


def as_bytes(vectors: Vector) -> NDArray[np.int8]:
    """Quantise unit vectors to int8: each component times `SCALE`, rounded."""
    rounded: NDArray[np.int8] = np.clip(np.rint(vectors * SCALE), -127, 127).astype(np.int8)
    return rounded


def signs_of(rows: NDArray[np.int8] | Vector) -> NDArray[np.uint64]:
    """The signs of each row as bits; (rows, `WORDS`)."""
    return np.packbits(rows > 0, axis=-1).view(np.uint64)


class SegmentVectors(ArrayFile):
    """The vectors of one segment: for each passage its document, hash, signs and vector."""

    def _read_arrays(self) -> None:
        self.documents = self._array("documents")
        self.codes = self._array("codes")
        self.signs = self._array("signs").reshape(WORDS, len(self.documents))
        self.rows = self._array("rows").reshape(len(self.documents), DIMENSIONS)
        if len(self.codes) != len(self.documents) or (np.diff(self.documents) < 0).any():
            raise ValueError("out of order")

    @cached_property
    def encoded(self) -> NDArray[np.int32]:
        """The documents that have vectors, ascending."""
        found: NDArray[np.int32] = np.unique(self.documents)
        return found

    def fits(self, count: int) -> bool:
        """Whether its document numbers are valid for a segment of `count` documents."""
        return not len(self.documents) or 0 <= self.documents[0] <= self.documents[-1] < count


class Passages(NamedTuple):
    """Passages of a segment, as parallel arrays of documents, hashes and vectors."""

    documents: NDArray[np.int32]
    codes: NDArray[np.uint64]
    rows: NDArray[np.int8]


def write_vectors(path: Path, passages: Passages, former: SegmentVectors | None = None) -> None:
    """Write and sync a segment's vectors: new ones, and those of the `former` file."""
    documents, codes, rows = passages
    if former is not None:
        documents = np.concatenate((former.documents, documents))
        codes = np.concatenate((former.codes, codes))
        rows = np.concatenate((former.rows, rows))
    order = np.argsort(documents, kind="stable")
    rows = rows[order]
    arrays: dict[str, NDArray[Any]] = {
        "documents": documents[order],
        "codes": codes[order],
        "signs": signs_of(
            rows
        ).T.ravel(),  # column by column, so that they can be summed as columns
        "rows": rows.ravel(),
    }
    write_arrays(path, arrays)


class VectorFolder:
    """The vector files of the index under `root`, opened on use. Thread-safe."""

    def __init__(self, root: Path) -> None:
        self.path = root / FOLDER
        self._opened: dict[str, tuple[tuple[int, int], SegmentVectors]] = {}

    def of(self, segment: SegmentArrays) -> SegmentVectors | None:
        """The vectors of a segment; `None` if it has none yet."""
        vectors = self.named(segment.path.name)
        return vectors if vectors is not None and vectors.fits(segment.count) else None

    def named(self, segment: str) -> SegmentVectors | None:
        """The vectors in the file for this segment; `None` if it is missing or damaged."""
        path = self.path / segment
        try:
            state = path.stat()
            stamp = (state.st_ino, state.st_mtime_ns)
            known = self._opened.get(segment)
            if known is None or known[0] != stamp:
                known = (stamp, SegmentVectors(path))
                self._opened[segment] = known
        except (OSError, ValueError):
            self._opened.pop(segment, None)
            return None
        return known[1] if known[1].is_whole() else None

    def each(self, snapshot: Snapshot) -> Iterator[tuple[SegmentVectors, int]]:
        """Yield the vectors of a snapshot's segments with the number of the first document."""
        for arrays, base in snapshot.each_segment():
            if (vectors := self.of(arrays)) is not None:
                yield vectors, base
        self.forget_others(snapshot)

    def forget_others(self, snapshot: Snapshot) -> None:
        """Close the files of former segments, which would otherwise keep their disk space."""
        names = {arrays.path.name for arrays in snapshot.segments}
        for gone in self._opened.keys() - names:
            self._opened.pop(gone, None)


def missing_documents(
    folder: VectorFolder, snapshot: Snapshot, arrays: SegmentArrays, base: int
) -> NDArray[np.intp]:
    """The live documents of a segment without vectors, numbered within the segment."""
    lacks = snapshot.live[base : base + arrays.count].copy()
    if (vectors := folder.of(arrays)) is not None:
        lacks[vectors.encoded] = False
    return np.flatnonzero(lacks)


def all_missing(folder: VectorFolder, snapshot: Snapshot) -> NDArray[np.intp]:
    """The live documents of all segments without vectors, numbered within the snapshot."""
    found = [
        missing_documents(folder, snapshot, arrays, base) + base
        for arrays, base in snapshot.each_segment()
    ]
    folder.forget_others(snapshot)
    return np.concatenate(found) if found else np.zeros(0, np.intp)


def nearness(folder: VectorFolder, snapshot: Snapshot, query: Vector, visible: Mask) -> Nearest:
    """The visible documents nearest to a vector, ascending by number, and the cosine of each.

    Candidates are chosen by the signs of their vectors: comparing bits takes a twentieth of the
    time. M. Charikar,
    "Similarity Estimation Techniques from Rounding Algorithms", 2002.
    """
    asked = signs_of(query[np.newaxis]).T
    distances, places = [], []
    opened = list(folder.each(snapshot))
    for number, (vectors, base) in enumerate(opened):
        seen = np.flatnonzero(visible.take(vectors.documents + base))
        signs = vectors.signs if len(seen) == vectors.signs.shape[1] else vectors.signs[:, seen]
        distances.append(np.bitwise_count(signs ^ asked).sum(axis=0, dtype=np.int16))
        places.append(np.column_stack((np.full(len(seen), number), seen)))
    if not opened:
        return np.zeros(0, np.intp), np.zeros(0, np.float32)
    every, where = np.concatenate(distances), np.concatenate(places)
    if len(every) > CANDIDATES:
        where = where[np.argpartition(every, CANDIDATES)[:CANDIDATES]]
    documents, cosines = [], []
    for number, (vectors, base) in enumerate(opened):
        rows = np.sort(where[where[:, 0] == number, 1])
        documents.append(vectors.documents[rows].astype(np.intp) + base)
        cosines.append(vectors.rows[rows].astype(np.float32) @ query / SCALE)
    owners, cosine = np.concatenate(documents), np.concatenate(cosines)
    found, firsts = np.unique(owners, return_index=True)
    return found, np.maximum.reduceat(cosine, firsts) if len(found) else cosine


def nearest_to(folder: VectorFolder, snapshot: Snapshot, document: int, visible: Mask) -> Nearest:
    """`nearness` for the mean of a document's passages; empty if it has no vectors."""
    arrays, place = snapshot.locate(document)
    if (vectors := folder.of(arrays)) is None:
        return np.zeros(0, np.intp), np.zeros(0, np.float32)
    first, last = np.searchsorted(vectors.documents, (place, place + 1))
    mean: Vector = vectors.rows[first:last].sum(axis=0, dtype=np.float32)
    length = float(np.linalg.norm(mean))
    return nearness(folder, snapshot, mean / max(length, 1.0), visible)

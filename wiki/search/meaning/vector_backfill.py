"""Encodes the pages of an index that have no vectors yet, newest segments first."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wiki.search.document_source import DocumentSource
from wiki.search.documents import Document
from wiki.search.index.segment_arrays import SegmentArrays
from wiki.search.index.snapshot import Snapshot
from wiki.search.meaning.passages import passages_of
from wiki.search.meaning.vectors import (
    DIMENSIONS,
    Encode,
    Passages,
    SegmentVectors,
    VectorFolder,
    as_bytes,
    missing_documents,
    text_code,
    write_vectors,
)

# Pages to encode before a file is written; for a large file, a tenth of its pages, since writing
# would otherwise take longer than encoding.
MIN_PAGES_PER_FILE, SHARE_PER_FILE = 10, 0.1


class VectorBackfill:
    """Writes the vector files under `root`; only one may exist at a time."""

    def __init__(self, root: Path, source: DocumentSource, encode: Encode) -> None:
        self.folder = VectorFolder(root)
        self.source = source
        self.encode = encode

    def fill(self, snapshot: Snapshot) -> bool:
        """Encode some pages and write their vectors to one file; returns whether there were any."""
        segments = sorted(snapshot.each_segment(), key=lambda pair: pair[0].count)
        for arrays, base in segments:
            missing = missing_documents(self.folder, snapshot, arrays, base)
            if len(missing) and self._add(arrays, missing):
                return True
        self._tidy(snapshot)
        return False

    def _add(self, arrays: SegmentArrays, missing: NDArray[np.intp]) -> bool:
        name = arrays.path.name
        former = self.folder.of(arrays)
        held = len(former.documents) if former is not None else 0
        chosen = missing[: max(MIN_PAGES_PER_FILE, int(held * SHARE_PER_FILE))]
        numbers = dict(zip(arrays.pages[chosen].tolist(), chosen.tolist(), strict=True))
        loaded = self.source.load(list(numbers))
        # A page that was saved since is encoded after the next commit.
        current = {
            numbers[page]: document
            for page, document in loaded.items()
            if document.revision_number == int(arrays.revisions[numbers[page]])
        }
        if not current:
            return False
        self.folder.path.mkdir(exist_ok=True)
        write_vectors(self.folder.path / name, self._encode(current), former)
        return True

    def _encode(self, documents: dict[int, Document]) -> Passages:
        texts = [(n, text) for n, document in documents.items() for text in passages_of(document)]
        codes = np.array([text_code(text) for _, text in texts], np.uint64)
        rows = np.zeros((len(texts), DIMENSIONS), np.int8)
        lacking = self._copy_known_vectors(codes, rows)
        for place in lacking:
            rows[place] = as_bytes(self.encode(texts[place][1]))
        return Passages(np.array([number for number, _ in texts], np.int32), codes, rows)

    def _copy_known_vectors(
        self, codes: NDArray[np.uint64], rows: NDArray[np.int8]
    ) -> Sequence[int]:
        """Copy vectors that any file already has, as after a merge; returns the missing rows."""
        is_lacking = np.ones(len(codes), bool)
        for vectors in self._files():
            if not len(vectors.codes):
                continue
            order = np.argsort(vectors.codes)
            found = np.searchsorted(vectors.codes, codes, sorter=order).clip(max=len(order) - 1)
            places = order[found]
            same = vectors.codes[places] == codes
            rows[same] = vectors.rows[places[same]]
            is_lacking &= ~same
        return np.flatnonzero(is_lacking).tolist()

    def _files(self) -> Sequence[SegmentVectors]:
        names = [path.name for path in self.folder.path.glob("[!.]*")]
        return [vectors for name in names if (vectors := self.folder.named(name)) is not None]

    def _tidy(self, snapshot: Snapshot) -> None:
        """Remove the files of former segments, once the present ones are complete."""
        kept = {arrays.path.name for arrays in snapshot.segments}
        for path in self.folder.path.glob("*"):
            if path.name not in kept:
                path.unlink(missing_ok=True)
        self.folder.forget_others(snapshot)

"""Snapshots for readers who may find only some of the documents.

All statistics are computed from these documents alone; otherwise totals, corrections and the order
of results would reveal which words the hidden ones contain.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiki.search.index.collection_statistics import idfs, length_norms
from wiki.search.index.segment_arrays import SegmentArrays
from wiki.search.index.snapshot import Snapshot, TermPostings

MAX_AUDIENCES = 4  # of which statistics are cached; each may take some MB


class AudienceSnapshot(Snapshot):
    """Shares the arrays of the snapshot `whole`; `visible` marks the documents to be found."""

    def __init__(self, whole: Snapshot, visible: NDArray[np.bool_]) -> None:
        self.__dict__.update(whole.__dict__)
        self.live, self.audiences = visible, {}
        self.counted = int(np.count_nonzero(visible))
        self.norms = length_norms(self._over_all("lengths", np.float32), visible)
        # By the number of the segment's first document.
        self._frequencies_in: dict[int, NDArray[Any]] = {}
        self._forget()

    def _find(self, field: str, term: str) -> list[TermPostings]:
        found = super()._find(field, term)
        return [each for each in found if self.live[each.span][each.docs].any()]

    def _occurrences(self, postings: TermPostings) -> tuple[int, int]:
        chosen = np.flatnonzero(self.live[postings.span][postings.docs])
        return len(chosen), postings.arrays.occurrences_in(postings.number, chosen)

    def idfs_in_segment(self, document: int, numbers: NDArray[Any]) -> NDArray[np.float32]:
        """The idf of some terms of a document's segment, within that."""
        arrays, place = self.locate(document)
        base = document - place
        seen = self.live[base : base + arrays.count]
        if base not in self._frequencies_in:
            self._frequencies_in[base] = arrays.frequencies_among(seen)
        return idfs(int(np.count_nonzero(seen)), self._frequencies_in[base][numbers])

    def _frequencies(self, arrays: SegmentArrays, base: int, numbers: range) -> NDArray[Any]:
        if not numbers:
            return np.zeros(0, np.intp)
        counts = super()._frequencies(arrays, base, numbers)
        owners = np.repeat(np.arange(len(numbers)), counts)
        is_seen = self.live[base:].take(arrays.docs_in_range(numbers))
        return np.bincount(owners[is_seen], minlength=len(numbers))


def as_seen(snapshot: Snapshot, visible: NDArray[np.bool_]) -> Snapshot:
    """The snapshot with statistics of the `visible` documents only; itself if all are visible."""
    if np.array_equal(visible, snapshot.live):
        return snapshot
    key = np.packbits(visible).tobytes()
    seen = snapshot.audiences.get(key)
    if seen is None:
        if len(snapshot.audiences) >= MAX_AUDIENCES:
            snapshot.audiences.clear()
        seen = snapshot.audiences[key] = AudienceSnapshot(snapshot, visible)
    return seen

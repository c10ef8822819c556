"""How close together two words stand in documents."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiki.search.arrays import SegmentArrays
from wiki.search.snapshot import Snapshot

FAR = 8  # words; from here on nearness says nothing
DOCUMENT_BITS = 32  # of a place; above them stands the document


def distances(
    snapshot: Snapshot, first: str, second: str, documents: NDArray[np.intp]
) -> NDArray[np.float32]:
    """By document (ascending numbers), in words between two terms at their closest; `inf` if far.

    Side by side is 1.
    """
    result = np.full(len(documents), np.inf, np.float32)
    spots = {id(spot.arrays): spot.number for spot in snapshot.spots("content", second)}
    for spot in snapshot.spots("content", first):
        other = spots.get(id(spot.arrays), -1)
        low, high = np.searchsorted(documents, (spot.base, spot.base + spot.arrays.count))
        if other >= 0 and low < high:
            inside = documents[low:high] - spot.base
            result[low:high] = _nearest(spot.arrays, spot.number, other, inside)
    return result


def places_in(snapshot: Snapshot, term: str, documents: NDArray[np.intp]) -> NDArray[np.int64]:
    """Where a term stands in documents (ascending numbers): which of them, and place, in one."""
    found = [np.zeros(0, np.int64)]
    for spot in snapshot.spots("content", term):
        low, high = np.searchsorted(documents, (spot.base, spot.base + spot.arrays.count))
        if low < high:
            inside = documents[low:high] - spot.base
            places = _places(spot.arrays, spot.number, inside)
            found.append(places + (int(low) << DOCUMENT_BITS))
    return np.concatenate(found)


def _nearest(
    arrays: SegmentArrays, first: int, second: int, documents: NDArray[Any]
) -> NDArray[np.float32]:
    result = np.full(len(documents), np.inf, np.float32)
    mine, theirs = _places(arrays, first, documents), _places(arrays, second, documents)
    if not len(mine) or not len(theirs):
        return result
    after = np.searchsorted(theirs, mine)
    for neighbour in (np.minimum(after, len(theirs) - 1), np.maximum(after - 1, 0)):
        # In another document the difference is far above FAR.
        gaps = np.abs(theirs[neighbour] - mine)
        close = gaps <= FAR
        np.minimum.at(result, mine[close] >> DOCUMENT_BITS, np.maximum(gaps[close], 1))
    return result


def _places(arrays: SegmentArrays, term: int, documents: NDArray[Any]) -> NDArray[np.int64]:
    """Where a term stands in some documents, each as document and place in one number."""
    held = arrays.docs(term)
    at = np.minimum(np.searchsorted(held, documents), len(held) - 1)
    has = np.flatnonzero(held[at] == documents)
    owners, places = arrays.places(term, at[has])
    found: NDArray[np.int64] = (has[owners].astype(np.int64) << DOCUMENT_BITS) + places
    return found

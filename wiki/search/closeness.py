"""How close together two words stand in documents."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiki.search.arrays import SegmentArrays
from wiki.search.snapshot import Snapshot

FAR = 8  # words; from here on nearness says nothing
_DOCUMENT = 32  # of a place; above them stands the document


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


def places_in(
    snapshot: Snapshot, terms: Sequence[str], documents: NDArray[np.intp]
) -> NDArray[np.int64]:
    """Where terms stand in documents (ascending numbers): rows of document, term, place.

    Documents and terms by their number in what was given.
    """
    found = [np.zeros((3, 0), np.int64)]
    spots = [(n, spot) for n, term in enumerate(terms) for spot in snapshot.spots("content", term)]
    for arrays, base in snapshot.each():
        low, high = np.searchsorted(documents, (base, base + arrays.count))
        inside = documents[low:high] - base
        # Terms together: NumPy takes longer to be called than to look.
        here = [
            (n, *arrays.postings_in(spot.number, inside)) for n, spot in spots if spot.base == base
        ]
        if low == high or not here:
            continue
        whose, places = arrays.places_at(np.concatenate([postings for _, _, postings in here]))
        owners = np.concatenate([has for _, has, _ in here])[whose] + low
        numbers = np.repeat([n for n, _, _ in here], [len(has) for _, has, _ in here])[whose]
        found.append(np.stack((owners, numbers, places)))
    return np.concatenate(found, axis=1)


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
        np.minimum.at(result, mine[close] >> _DOCUMENT, np.maximum(gaps[close], 1))
    return result


def _places(arrays: SegmentArrays, term: int, documents: NDArray[Any]) -> NDArray[np.int64]:
    """Where a term stands in some documents, each as document and place in one number."""
    has, postings = arrays.postings_in(term, documents)
    owners, places = arrays.places_at(postings)
    found: NDArray[np.int64] = (has[owners].astype(np.int64) << _DOCUMENT) + places
    return found

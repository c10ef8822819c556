"""The proximity of terms in documents."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wiki.search.index.snapshot import Snapshot

MAX_DISTANCE = 8  # words; larger distances are ignored
_DOCUMENT = 32  # bits of a position; above them is the document


def pair_distances(
    snapshot: Snapshot, terms: Sequence[str], documents: NDArray[np.intp]
) -> list[NDArray[np.float32]]:
    """For each pair of neighbours in `terms`, their smallest distance in each of `documents`.

    In words; side by side is 1. `inf`: too far apart, or the same term twice. `documents` ascend.
    """
    numbers = {term: number for number, term in enumerate(dict.fromkeys(terms))}
    owners, whose, places = positions_in(snapshot, list(numbers), documents, least=2)
    keys = (owners << _DOCUMENT) + places
    at = [keys[whose == number] for number in range(len(numbers))]  # ascending, as found
    far = np.full(len(documents), np.inf, np.float32)
    return [
        far if first == second else _nearest(at[numbers[first]], at[numbers[second]], far)
        for first, second in pairwise(terms)
    ]


def positions_in(
    snapshot: Snapshot, terms: Sequence[str], documents: NDArray[np.intp], *, least: int = 1
) -> NDArray[np.int64]:
    """The positions of terms in documents (ascending): rows of document, term, position.

    Documents and terms are given as indexes into the arguments; documents that contain fewer than
    `least` of the terms are left out.
    """
    found = [np.zeros((3, 0), np.int64)]
    for arrays, whose, owners, postings in snapshot.postings_in(terms, documents):
        kept = np.arange(len(owners))
        if least > 1:
            kept = np.flatnonzero(np.bincount(owners).take(owners) >= least)
        which, places = arrays.places_at(postings[kept])
        which = kept[which]
        found.append(np.stack((owners[which], whose[which], places)))
    return np.concatenate(found, axis=1)


def _nearest(
    mine: NDArray[np.int64], theirs: NDArray[np.int64], far: NDArray[np.float32]
) -> NDArray[np.float32]:
    """By document, the smallest distance between two terms' positions (each ascending)."""
    result = far.copy()
    if not len(mine) or not len(theirs):
        return result
    after = np.searchsorted(theirs, mine)
    # In another document the difference is far above MAX_DISTANCE.
    gaps = np.minimum(
        np.abs(theirs[np.minimum(after, len(theirs) - 1)] - mine),
        np.abs(theirs[np.maximum(after - 1, 0)] - mine),
    )
    owners = mine >> _DOCUMENT
    begins = np.flatnonzero(np.diff(owners, prepend=-1))
    least = np.minimum.reduceat(gaps, begins)
    result[owners[begins]] = np.where(least <= MAX_DISTANCE, np.maximum(least, 1), np.inf)
    return result

"""Stretches of a pasted text that stand in documents as they were written."""

import numpy as np
from numpy.typing import NDArray

from wiki.search.analysis import is_idle
from wiki.search.closeness import DOCUMENT_BITS, places_in
from wiki.search.matching import Place
from wiki.search.snapshot import Snapshot

COMPARED = 32  # words of the text, the rarest
GAP = 4  # words from one compared word to the next of the same stretch
SHORTEST = 4  # compared words; fewer stand together by chance
_PLACE_BITS = 16  # of a word's place in the text
_LONGEST = 1 << _PLACE_BITS


def copied(
    snapshot: Snapshot, places: list[Place], documents: NDArray[np.intp]
) -> NDArray[np.float32]:
    """By document (ascending numbers), how much the words tell of its longest copied stretch.

    Words of one stretch stand in the document as far from each other as in the text: the
    difference of both places is the same for all of them.
    """
    result = np.zeros(len(documents), np.float32)
    found, told = [], []
    for worth, place, term in _rarest(snapshot, places):
        held = places_in(snapshot, term, documents)
        owners, there = held >> DOCUMENT_BITS, held & ((1 << DOCUMENT_BITS) - 1)
        shifts = there - place + _LONGEST
        found.append((owners << (2 * _PLACE_BITS + 8)) | (shifts << _PLACE_BITS) | place)
        told.append(np.full(len(held), worth, np.float32))
    if not found or not sum(map(len, found)):
        return result
    keys, worths = np.concatenate(found), np.concatenate(told)
    order = np.argsort(keys)
    keys, worths = keys[order], worths[order]
    begins = np.flatnonzero(np.diff(keys, prepend=keys[0] - GAP - 1) > GAP)
    long_enough = np.diff(begins, append=len(keys)) >= SHORTEST
    sums = np.add.reduceat(worths, begins)
    owners = keys[begins] >> (2 * _PLACE_BITS + 8)
    np.maximum.at(result, owners[long_enough], sums[long_enough])
    return result


def _rarest(snapshot: Snapshot, places: list[Place]) -> list[tuple[float, int, str]]:
    """The words that tell most: what each tells, its place in the text, its term."""
    known = (
        (snapshot.rarity(term), place, term)
        for place, term in places
        if place < _LONGEST and not is_idle(term) and snapshot.spots("content", term)
    )
    return sorted(known, key=lambda each: (-each[0], each[1]))[:COMPARED]

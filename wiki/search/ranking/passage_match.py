"""Finds documents that quote passages of a pasted text."""

import numpy as np
from numpy.typing import NDArray

from wiki.search.analysis.analyzer import is_stop_word
from wiki.search.index.snapshot import Snapshot
from wiki.search.query.matching import TermPosition
from wiki.search.ranking.proximity import positions_in

MAX_PASSAGE_TERMS = 32  # words of the text that are compared: the rarest ones
MAX_PASSAGE_GAP = 4  # words between two compared words of the same passage
MIN_PASSAGE_TERMS = 4  # compared words; fewer coincide by chance
_PLACE = 16  # bits of a word's place in the text
_LONGEST = 1 << _PLACE
_OWNER = 40  # bits below a document


def passage_scores(
    snapshot: Snapshot,
    places: list[TermPosition],
    documents: NDArray[np.intp],
    least: int = MIN_PASSAGE_TERMS,
) -> NDArray[np.float32]:
    """For each of `documents` (ascending), the sum of idf over the longest passage it quotes.

    A passage has at `least` that many compared words. Its words are equally far apart in document
    and text, so the difference of both positions is the same for all of them.
    """
    result = np.zeros(len(documents), np.float32)
    rarest = _rarest(snapshot, places)
    owners, numbers, here = positions_in(snapshot, [term for _, _, term in rarest], documents)
    if not len(owners):
        return result
    in_text = np.array([place for _, place, _ in rarest])[numbers]
    # A single number that sorts by document, by that difference, then by position in the text.
    keys = (owners << _OWNER) | ((here - in_text + _LONGEST) << _PLACE) | in_text
    order = np.argsort(keys, kind="stable")  # each word's keys ascend: a merge
    worths = np.array([worth for worth, _, _ in rarest], np.float32)
    keys, ordered_idfs = keys[order], worths[numbers][order]
    begins = np.flatnonzero(np.diff(keys, prepend=keys[0] - MAX_PASSAGE_GAP - 1) > MAX_PASSAGE_GAP)
    long_enough = np.diff(begins, append=len(keys)) >= least
    sums = np.add.reduceat(ordered_idfs, begins)
    np.maximum.at(result, (keys[begins] >> _OWNER)[long_enough], sums[long_enough])
    return result


def _rarest(snapshot: Snapshot, places: list[TermPosition]) -> list[tuple[float, int, str]]:
    """The words with the highest idf, as tuples of idf, position in the text, and term."""
    known = (
        (snapshot.idf(term), place, term)
        for place, term in places
        if place < _LONGEST and not is_stop_word(term) and snapshot.postings("content", term)
    )
    return sorted(known, key=lambda each: (-each[0], each[1]))[:MAX_PASSAGE_TERMS]

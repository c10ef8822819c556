"""Scores synonyms: in each page, only the better of a wording and its alternatives counts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wiki.search.analysis.analyzer import stem, tokenize
from wiki.search.index.collection_statistics import idf
from wiki.search.index.snapshot import Snapshot
from wiki.search.query.matching import Mask, phrase_mask, phrase_terms
from wiki.search.query.synonyms import Alternative
from wiki.search.ranking import scoring

Scores = NDArray[np.float32]


@dataclass(slots=True)
class SynonymGroup:
    """The terms of a wording, its alternatives, and the documents with these (`held`)."""

    terms: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    held: Mask | None = None

    def other_terms(self) -> list[str]:
        """The terms of the alternatives, for highlighting."""
        words = (word for other in self.alternatives for word in other.words)
        return [term.text for word in words for found in tokenize(word) for term in found.terms[:1]]


def is_held(snapshot: Snapshot, alternatives: tuple[Alternative, ...]) -> bool:
    """Whether any page contains all words of an alternative."""
    return any(
        all(snapshot.postings("content", stem(word)) for word in other.words)
        for other in alternatives
    )


def add_synonyms(
    snapshot: Snapshot, group: SynonymGroup, weight: float, own: Scores, scores: Scores
) -> None:
    """Raise `scores` of documents in which an alternative scores higher than the wording itself.

    `own`: the scores of the wording, which are included in `scores` times its `weight` in the
    query. Both get the idf of the more frequent one, or a rare abbreviation would count more than
    the word that it stands for.
    """
    found: list[tuple[Mask, Scores, float]] = []
    typed = sum(snapshot.idf(term) for term in group.terms) if own.any() else np.inf
    worth = typed
    for other in group.alternatives:
        mask, heights = _occurrences(snapshot, other)
        if not (count := int(np.count_nonzero(mask))):
            continue
        share = scoring.SYNONYM_SHARE if other.is_same else scoring.HINT_SHARE
        found.append((mask, heights, share))
        if other.is_same or not np.isfinite(typed):
            worth = min(worth, idf(snapshot.counted, count))
    if not found:
        return
    if worth < typed < np.inf:
        lost = own * np.float32(1 - worth / typed)
        scores -= lost
        own = own - lost
    best = np.zeros(snapshot.size, np.float32)
    group.held = np.zeros(snapshot.size, bool)
    for mask, heights, share in found:
        factor = np.float32(weight * worth * share)
        counted = factor * scoring.bm25_tf(heights[mask], snapshot.norms[mask])
        best[mask] = np.maximum(best[mask], counted)
        group.held |= mask
    scores += np.maximum(best - own, 0)


def _occurrences(snapshot: Snapshot, other: Alternative) -> tuple[Mask, Scores]:
    """The mask of documents with a wording, and its maximum frequency, weighted by field."""
    places = phrase_terms(" ".join(other.words))
    mask = phrase_mask(snapshot, places, is_title=False) & snapshot.live
    least = np.full(snapshot.size, np.inf, np.float32)
    for term in {term for _, term in places}:
        heights = np.zeros(snapshot.size, np.float32)
        for postings in snapshot.postings("content", term):
            heights[postings.span][postings.docs] = postings.arrays.weights(postings.number)
        np.minimum(least, heights, out=least)
    return mask, least

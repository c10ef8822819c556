"""How well documents answer. Signals are arrays over documents; the engine adds them up.

Pure functions of arrays.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiki.search.index.collection_statistics import K1

# How much a word counts that a query says again, never K3 + 1 times as much. The term of the query
# in Okapi's BM25: S. Robertson et al., "Okapi at TREC-3", 1994.
K3 = 3.0

# Pseudo-relevance feedback: the words that the best pages share are asked for as well.
# As in RM3 (N. Abdul-Jaleel et al., "UMass at TREC 2004"); less than its half drifts less where
# the first ten are wrong, and a term of only one of them says nothing about what they share.
FEEDBACK_DOCUMENTS = 10
FEEDBACK_TERMS = 30
FEEDBACK_SHARE = 0.4
FEEDBACK_AGREEMENT = 2
FEEDBACK_MIN_QUERY = 6  # different terms from which on a query is a text rather than a name
# Feedback helps who describes a subject and harms who looks for one page they know (on our corpus
# words of a page put it first in 91 % without, 73 % with it). The latter shows: the best page
# holds most of what was asked. Source of the idea: G. Amati, C. Carpineto, G. Romano, "Query
# Difficulty, Robustness and Selective Application of Query Expansion", ECIR 2004.
FEEDBACK_MAX_SCORE = 1 / 3  # of the score that a page of nothing but the query would have

# What a word counts by how near it is to the one asked for.
PREFIX_FORM_SHARE = 0.97  # a form of the same stem that begins with it: caches for cache
PREFIX_SHARE = 0.94  # another word that begins so: cachetools for cache
STEM_SHARE = 0.9  # another form: caching for cache
SIMILAR_SHARES = (0.5, 0.25)  # the two words most like one that no page holds
CORRECTION_SHARE = np.float32(0.9)  # a whole query as it was probably meant
PART_SHARE = 0.4  # a part of a compound that is known whole: select of select_related

# Two words that the query has side by side count as one more word where they stand close together,
# less with the square of their distance. Source: Y. Rasolofo, J. Savoy, "Term Proximity Scoring
# for Keyword-Based Retrieval Systems", ECIR 2003.
PROXIMITY_SHARE = 0.5
RERANK_DEPTH = 200  # the best pages, of which it is looked at

# A word of a stretch that was copied, once more: with BM25's most, it comes before any other page.
PASSAGE_SHARE = 2.0

# Above every sum of words: a page that is called so, one whose title has the same letters, then
# one that lies there.
EXACT_TITLE = 10_000.0
EXACT_NAME = 8_000.0
EXACT_PATH = 5_000.0
# Of a page's score:
TITLE_BONUS = 0.25  # its title holds all the words
WHOLE_TITLE_BONUS = 0.5  # the words are all its title; less the more it, or they, have besides
ALL_TERMS_BONUS = 0.5  # it holds all keywords, less the more of them it lacks
# Of the best page's score, since a half word's own is low:
TITLE_PREFIX_BONUS = 1.5  # a title begins with the text, times how much of the title that is

Scores = NDArray[np.float32]


def query_tf(weight: float) -> float:
    """The weight of a term that a query says so often; what it says once keeps its own."""
    return weight * (K3 + 1) / (K3 + weight) if weight > 1 else weight


def bm25_tf(weights: Scores, norm: Scores) -> Scores:
    """BM25's part of a term in documents: towards K1 + 1 with its weight."""
    return weights * np.float32(K1 + 1) / (weights + norm)


def max_score(factors: Iterable[float]) -> float:
    """The score no document can pass; of each term its weight times inverse frequency."""
    return sum(factors) * (K1 + 1)


def top_k(
    scores: Any, times: Any, matched: NDArray[np.bool_], first: int, count: int
) -> NDArray[np.intp]:
    """The documents of the ranks `first` to `first + count`: by score, then newest.

    Equal documents come in the same order whatever part is asked for, so that pages of results
    neither repeat nor skip.
    """
    found = np.flatnonzero(matched)
    last = first + count
    if first >= len(found):
        return found[:0]
    if last < len(found):
        above, level = _split_at_rank(found, scores, last)
        # Of a beginning, say, thousands may be as good as the last one.
        newer, same = _split_at_rank(level, times, last - len(above))
        found = np.concatenate((above, newer, same))
    order = np.lexsort((found, times[found], scores[found]))[::-1]
    return found[order][first:last]


def _split_at_rank(
    found: NDArray[np.intp], values: Any, count: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The fewer than `count` documents whose value is above the one of that rank; those at it."""
    chosen = values[found]
    limit = np.partition(chosen, len(found) - count)[len(found) - count]
    return found[chosen > limit], found[chosen == limit]


def feedback_weights(
    documents: Iterable[tuple[float, Iterable[tuple[str, float]]]], wanted: int
) -> dict[str, float]:
    """The terms that the best documents are about, with weights that add up to one.

    `documents`: each with its score and its terms with their worth (saturated weight times
    inverse frequency).
    """
    sums: dict[str, float] = {}
    counts: Counter[str] = Counter()
    for score, terms in documents:
        for term, worth in terms:
            sums[term] = sums.get(term, 0.0) + score * worth
            counts[term] += 1
    shared = [term for term in sums if counts[term] >= FEEDBACK_AGREEMENT]
    chosen = sorted(shared, key=lambda term: (-sums[term], term))[:wanted]
    total = sum(sums[term] for term in chosen) or 1.0
    return {term: sums[term] / total for term in chosen}

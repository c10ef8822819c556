"""The formulas and weights of ranking; pure functions of arrays (documents,)."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiki.search.index.collection_statistics import K1

# Saturation of a term that the query repeats, which never weighs K3 + 1 times as much. The query
# term frequency in Okapi BM25: S. Robertson et al., "Okapi at TREC-3", 1994.
K3 = 3.0

# Pseudo-relevance feedback: words that the best pages share are added to the query, as in RM3
# (N. Abdul-Jaleel et al., "UMass at TREC 2004"). A term of few of them says nothing about what they
# share. Where the best pages agree little, they are about different things, and their words lead
# away from the query: what they add grows with the share of them that hold each term. Of several
# settings this one harms the fewest queries of MED, of CISI and of the golden set.
FEEDBACK_DOCUMENTS = 10
FEEDBACK_TERMS = 30
FEEDBACK_MAX_SHARE = 0.3
FEEDBACK_MIN_AGREEMENT = 0.4
FEEDBACK_MIN_HOLDING = 4  # documents
FEEDBACK_MIN_QUERY = 6  # different terms; a shorter query is a name rather than a description
# Feedback helps people who describe a subject and harms those who look for a page they know (on
# our corpus words of a page put it first in 91 % without, 73 % with it). The latter shows when the
# best page holds most of the query. Source of the idea: G. Amati, C. Carpineto, G. Romano, "Query
# Difficulty, Robustness and Selective Application of Query Expansion", ECIR 2004.
FEEDBACK_MAX_SCORE = 1 / 3  # of the highest possible score

# Weights of words, by their similarity to the word as typed.
PREFIX_FORM_SHARE = 0.97  # a form with the same stem that begins with it: caches for cache
PREFIX_SHARE = 0.94  # another word that begins with it: cachetools for cache
STEM_SHARE = 0.9  # another form: caching for cache
SIMILAR_SHARES = (0.5, 0.25)  # the two words most similar to one that no page holds
SYNONYM_SHARE = 0.95  # another word for the same: javascript for js
FILLER_SHARE = 0.3  # a word that is often incidental in sentences
HINT_SHARE = 0.6  # a more general word: performance for slow
CORRECTION_SHARE = np.float32(0.9)  # the corrected query as a whole
PART_SHARE = 0.4  # a part of a compound that some page holds whole: select of select_related

# The maximum weight of all other lines of a paste together, relative to its errors: however often
# a page repeats them, they hardly outweigh errors that another page contains once.
BESIDE_ERRORS = 0.35

# The limit of the weight that a word in the texts of incoming links adds, however many links there
# are; half of it if a single page uses the word.
LINK_TEXT_WEIGHT = 4.0

# Neighbouring words of the query count as one more word where they are close together, falling with
# the square of their distance. Source: Y. Rasolofo, J. Savoy, "Term Proximity Scoring
# for Keyword-Based Retrieval Systems", ECIR 2003.
PROXIMITY_SHARE = 0.5
RERANK_DEPTH = 200  # pages in which positions are compared: the best ones

# What each word of a quoted passage adds, times its idf; enough to be ranked above other pages.
PASSAGE_SHARE = 2.0

# Above any sum of term scores: a page with exactly this title, with a title of the same letters, or
# at this path.
EXACT_TITLE = 10_000.0
EXACT_NAME = 8_000.0
EXACT_WORDING = 6_000.0  # the same with synonyms
EXACT_PATH = 5_000.0
# Of a page's score:
TITLE_BONUS = 0.25  # its title holds all the words
# Title and query have the same words; less, the more words either has in addition.
WHOLE_TITLE_BONUS = 0.5
ALL_TERMS_BONUS = 0.5  # it contains all keywords; less, the more of them it lacks
# Of the best page's score, since that of half a word is low:
SIDE_BONUS = 0.5  # its title is one of two things that the query compares
TITLE_PREFIX_BONUS = 1.5  # a title begins with the query, times the share that was typed

Scores = NDArray[np.float32]


def query_tf(weight: float) -> float:
    """The query term weight for a term that occurs `weight` times, saturated above 1."""
    return weight * (K3 + 1) / (K3 + weight) if weight > 1 else weight


def bm25_tf(weights: Scores, norm: Scores) -> Scores:
    """The term frequency factor of BM25, which grows towards K1 + 1 with the weight."""
    return weights * np.float32(K1 + 1) / (weights + norm)


def max_score(factors: Iterable[float]) -> float:
    """The upper bound of BM25 scores; `factors` are weight times idf of each term."""
    return sum(factors) * (K1 + 1)


def top_k(
    scores: Any, times: Any, matched: NDArray[np.bool_], first: int, count: int
) -> NDArray[np.intp]:
    """The documents from rank `first` to `first + count`, by score, then newest first.

    Ties are always in the same order, so that no result is repeated or skipped between pages.
    """
    found = np.flatnonzero(matched)
    last = first + count
    if first >= len(found):
        return found[:0]
    if last < len(found):
        above, level = _split_at_rank(found, scores, last)
        # Thousands may tie with the last one, as for a prefix.
        newer, same = _split_at_rank(level, times, last - len(above))
        found = np.concatenate((above, newer, same))
    order = np.lexsort((found, times[found], scores[found]))[::-1]
    return found[order][first:last]


def _split_at_rank(
    found: NDArray[np.intp], values: Any, count: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The documents with a value above that of rank `count`, and those that tie with it."""
    chosen = values[found]
    limit = np.partition(chosen, len(found) - count)[len(found) - count]
    return found[chosen > limit], found[chosen == limit]


def feedback_weights(
    documents: Iterable[tuple[float, Iterable[tuple[str, float]]]], wanted: int
) -> tuple[dict[str, float], float]:
    """The relevance model of the best documents, and their agreement.

    The model maps `wanted` shared terms to weights that sum to 1. The agreement (0 to 1) is the
    weighted mean of the share of documents that contain a term. `documents` are pairs of a score
    and the terms with their BM25 scores.
    """
    sums: dict[str, float] = {}
    counts: Counter[str] = Counter()
    read = 0
    for score, terms in documents:
        read += 1
        for term, worth in terms:
            sums[term] = sums.get(term, 0.0) + score * worth
            counts[term] += 1
    shared = [term for term in sums if counts[term] >= min(FEEDBACK_MIN_HOLDING, read)]
    chosen = sorted(shared, key=lambda term: (-sums[term], term))[:wanted]
    total = sum(sums[term] for term in chosen) or 1.0
    weights = {term: sums[term] / total for term in chosen}
    return weights, sum(weight * counts[term] / read for term, weight in weights.items())


def feedback_share(agreement: float) -> float:
    """The total weight of feedback terms; 0 if the best documents agree little."""
    return min(max(agreement - FEEDBACK_MIN_AGREEMENT, 0.0), FEEDBACK_MAX_SHARE)

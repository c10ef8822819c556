"""Collection statistics for BM25: inverse document frequency and length normalisation.

Pure functions of counts.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

# BM25: how soon further occurrences of a term stop counting, and how strongly a document's length
# is normalised. S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and
# Beyond", 2009; the middle of the ranges given there.
K1 = 1.5
B = 0.75

# A word that a page is about occurs in it again and again; a function word is scattered over all
# pages. Of two words with the same document frequency, the one that occurs more often tells more.
# K. Church, W. Gale, "Inverse Document Frequency (IDF): A Measure of Deviations from Poisson",
# 1995.
USUAL_RESIDUAL = 0.7  # of an unknown word; its factor is 1
RESIDUAL_PRIOR = 5  # documents; with fewer, the estimate stays nearer to the usual one
MAX_RESIDUAL = 1.5


def length_norms(lengths: NDArray[np.float32], live: NDArray[np.bool_]) -> NDArray[np.float32]:
    """For each document, K1 * (1 - B + B * length / mean length of live documents)."""
    mean = float(lengths[live].mean()) if live.any() else 1.0
    return (K1 * (1 - B + B * lengths / max(mean, 1.0))).astype(np.float32)


def idf(count: int, frequency: int) -> float:
    """The inverse document frequency of a term that `frequency` of `count` documents contain.

    S. Robertson, K. Spärck Jones, "Relevance Weighting of Search Terms", 1976; with 1 added inside
    the logarithm as in Lucene, so that it is never negative.
    """
    if frequency > count:
        return 0.01
    return float(np.log1p((count - frequency + 0.5) / (frequency + 0.5)))


def idfs(count: int, frequencies: NDArray[Any]) -> NDArray[np.float32]:
    """`idf` of several terms, as an array of the shape of `frequencies`."""
    held = frequencies.astype(np.float32)
    rarities: NDArray[np.float32] = np.log1p((count - held + 0.5) / (held + 0.5))
    return rarities


def residual_idf_factor(count: int, frequency: int, occurrences: int) -> float:
    """The factor of the idf; more than 1 for a term that occurs in clusters.

    `frequency` of `count` documents contain the term, `occurrences` times in all. Residual IDF is
    the difference between the observed idf and the one expected if the occurrences were spread at
    random (Poisson); here it is smoothed, and capped at `MAX_RESIDUAL`.
    """
    if not 0 < frequency <= count:
        return 1.0
    reached = -math.expm1(-max(occurrences, frequency) / count)
    residual = max(math.log(reached * count / frequency), 0.0)
    certainty = frequency / (frequency + RESIDUAL_PRIOR)
    residual = certainty * residual + (1 - certainty) * USUAL_RESIDUAL
    return 1 - USUAL_RESIDUAL + min(residual, MAX_RESIDUAL)

"""Decides which queries are searched by meaning, and mixes similarity into their scores."""

import re

import numpy as np
from numpy.typing import NDArray

from wiki.search.query.model import Query
from wiki.search.ranking.engine import Evaluation

# All measured on judged collections and on queries by class: docs/ranking.md.
MEANING_SHARE = 0.5  # of a page's score; the rest is the score of its words
FLOOR = 0.1  # cosine; unrelated texts are hardly more similar
# Cosine of a page that answers a query well. If the nearest page is below it, similarity counts
# less.
NEAR = 0.5
LEAST = 0.25  # minimum cosine of a result that contains none of the words
MOST_FOUND = 10  # results that contain none of the words; more would be noise
MAX_CODE_SHARE = 1 / 3  # of the words; with more, the query is code or a name from code

# A word that is written as in code, or a path, an option or an address.
_CODE_WORD = re.compile(r"[a-z][A-Z]|[_/\\@#$<>={}\[\]|*~^`]|\w[.:]\w|^-|\d[A-Za-z]|[A-Za-z]\d")


def asks_in_words(query: Query) -> bool:
    """Whether a query consists of plain words in the encoder's language.

    Not with operators, filters or quotations, nor for names from code or the output of programs.
    """
    words = query.text.split()
    if not (words and query.is_plain and query.text.isascii()) or query.paste:
        return False
    return sum(_CODE_WORD.search(word) is not None for word in words) <= MAX_CODE_SHARE * len(words)


def fuse(
    found: Evaluation,
    near: NDArray[np.intp],
    cosines: NDArray[np.float32],
    waiting: NDArray[np.intp],
) -> int:
    """Mix the similarity of documents into the scores of a query, in place.

    `near` are visible documents with their `cosines`. The nearest are found even if they contain
    none of the words; returns the number of these. Documents `waiting` to be encoded keep their
    scores, so that a page that was just saved is not ranked lower.
    """
    best = np.float32(found.scores[found.matched].max()) if found.has_matches else np.float32(1)
    most = max(float(cosines.max(initial=0)), NEAR) - FLOOR
    worth = np.maximum(cosines - FLOOR, 0) / most
    of_words_alone = found.scores[waiting]
    found.scores *= 1 - MEANING_SHARE
    found.scores[waiting] = of_words_alone
    found.scores[near] += (MEANING_SHARE * best * worth).astype(np.float32)
    is_other = ~found.matched[near] & (cosines >= LEAST)
    others = near[is_other][np.argsort(-cosines[is_other], kind="stable")][:MOST_FOUND]
    found.matched[others] = True
    return len(others)

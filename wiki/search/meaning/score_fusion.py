"""Which queries have a meaning that is asked for, and what it adds to what their words find."""

import re

import numpy as np
from numpy.typing import NDArray

from wiki.search.query.model import Query
from wiki.search.ranking.engine import Evaluation

# All measured on judged collections and on queries by class: docs/ranking.md.
MEANING_SHARE = 0.5  # of a page's score; the rest is that of the words
FLOOR = 0.1  # cosine; that of texts with nothing in common is hardly higher
# Cosine of a page that answers well. If the nearest is less near, it counts less: then nothing
# here means what was asked.
NEAR = 0.5
LEAST = 0.25  # cosine from which on a page is found that holds none of the words
MOST_FOUND = 10  # such pages; what comes after them is noise
MAX_CODE_SHARE = 1 / 3  # of the words; with more, it is code or a name from it

# A word that is written as in code, or is a path, an option or an address.
_CODE_WORD = re.compile(r"[a-z][A-Z]|[_/\\@#$<>={}\[\]|*~^`]|\w[.:]\w|^-|\d[A-Za-z]|[A-Za-z]\d")


def asks_in_words(query: Query) -> bool:
    """Whether a query is plain words in the encoder's language: neither operators, filters and
    quotations nor names from code and what a program has printed."""
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
    """Mix the nearness of documents into the scores of a query's words, by weight.

    The nearest are found even if they hold none of the words; how many such there are. `near`:
    documents that may be found. Of those that are `waiting` to be encoded the words alone count,
    whole: a page that was just saved must not come after those that were there before it.
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

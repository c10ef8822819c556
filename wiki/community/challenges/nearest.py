"""Solved challenges and guides that may answer a challenge that is being written."""

import re
from collections.abc import Iterable, Sequence

from wiki.access.permissions import Viewer
from wiki.search.listing import PAGE_LOOKUPS, SearchResult, list_results
from wiki.search.service import SEARCH

# Filters, in the query language, for pages that may answer; and the most results of each.
_ANSWERS = {"kind:challenge status:solved": 3, "kind:guide": 2}
SHARE_OF_BEST = 0.6  # of the best score; results below it merely share some words
MAX_WORDS = 200  # words of a text to search for; a stack trace repeats itself
MIN_LETTERS = 4  # letters in all words together

# Excludes everything that the query language could read as an operator.
_WORD = re.compile(r"\w[\w.@+-]*")


def nearest_answers(viewer: Viewer, texts: Iterable[str]) -> Sequence[SearchResult]:
    """Solved challenges and guides that may answer a challenge, by its title, error and symptom.

    Only those that `viewer` may read, best first. Never raises: if the index is unavailable, the
    database is searched.
    """
    texts = list(texts)
    words = [word.strip("-.") for text in texts for word in _WORD.findall(text)][:MAX_WORDS]
    words = [word for word in words if word not in {"OR", ""}]
    if sum(map(len, words)) < MIN_LETTERS:
        return []
    scored: list[tuple[float, SearchResult]] = []
    for filters, count in _ANSWERS.items():
        found = list_results(
            SEARCH.current(),
            PAGE_LOOKUPS.current(),
            viewer,
            f"{' '.join(words)} {filters}",
            first=0,
            count=count,
            about="\n".join(texts),
        )
        scores = {hit.page_id: hit.score for hit in found.results.hits}
        scored += [(scores.get(each.page.id, 0.0), each) for each in found.found]
    least = SHARE_OF_BEST * max((score for score, _ in scored), default=0.0)
    scored.sort(key=lambda pair: -pair[0])
    return [each for score, each in scored if score >= least]

"""The solved challenges that are nearest to one that is being written."""

import re
from collections.abc import Iterable, Sequence

from wiki.access.permissions import Viewer
from wiki.search.listing import PAGE_LOOKUPS, SearchResult, list_results
from wiki.search.service import SEARCH

MOST_NEAREST = 3
SHARE_OF_BEST = 0.6  # of the score of the best one; below, they have some words in common
MAX_WORDS = 200  # of a text that are searched for; a stack trace repeats itself
MIN_LETTERS = 4  # of all words together

# What could be taken for an operator of the query language stays out.
_WORD = re.compile(r"\w[\w.@+-]*")


def nearest_solved(viewer: Viewer, texts: Iterable[str]) -> Sequence[SearchResult]:
    """Solved challenges that `viewer` may read, by title, error and symptom of another.

    Never raises: if the index can't answer, the database does.
    """
    words = [word.strip("-.") for text in texts for word in _WORD.findall(text)][:MAX_WORDS]
    words = [word for word in words if word not in {"OR", ""}]
    if sum(map(len, words)) < MIN_LETTERS:
        return []
    query = f"{' '.join(words)} kind:challenge status:solved"
    found = list_results(
        SEARCH.current(),
        PAGE_LOOKUPS.current(),
        viewer,
        query,
        first=0,
        count=MOST_NEAREST,
        is_counted=False,  # nobody has asked this of the search
    )
    scores = {hit.page_id: hit.score for hit in found.results.hits}
    least = SHARE_OF_BEST * max(scores.values(), default=0.0)
    return [each for each in found.found if scores.get(each.page.id, least) >= least]

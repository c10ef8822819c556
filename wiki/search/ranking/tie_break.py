"""Orders results by score; ties are broken by incoming links, then by date.

Obsolete pages come last.
"""

import numpy as np
from numpy.typing import NDArray

from wiki.search.documents import OBSOLETE, path_filter_key
from wiki.search.index.snapshot import Snapshot
from wiki.search.query.matching import Mask
from wiki.search.ranking.engine import Evaluation
from wiki.search.ranking.scoring import top_k

SCORE_TOLERANCE = 0.005  # relative; smaller differences of scores are ties
MIN_SCORE = np.float32(1e-6)
BELOW_ALL = np.float32(1e6)  # tie levels; more than there are between any two scores
TIE_BREAK_DEPTH = 40  # ranks within which links decide ties; below, the date alone


def rank(
    snapshot: Snapshot, found: Evaluation, visible: Mask, first: int, count: int
) -> NDArray[np.intp]:
    """The visible documents from rank `first` to `first + count`, best first."""
    scores = np.floor(np.log(np.maximum(found.scores, MIN_SCORE)) / SCORE_TOLERANCE)
    scores[snapshot.holding("status", OBSOLETE)] -= BELOW_ALL
    if first >= TIE_BREAK_DEPTH:
        return top_k(scores, snapshot.times, found.matched, first, count)
    top = top_k(scores, snapshot.times, found.matched, 0, max(first + count, TIE_BREAK_DEPTH))
    head = top[:TIE_BREAK_DEPTH]
    if first >= len(head):
        return top[first : first + count]
    levels = scores[head]
    shown = levels[first : first + count]
    is_shown = (levels <= shown[0]) & (levels >= shown[-1])
    is_same = np.diff(levels) == 0
    has_equal = np.append(is_same, False) | np.append(False, is_same)
    links = np.zeros(len(head), np.int64)
    for place in np.flatnonzero(is_shown & has_equal).tolist():
        links[place] = incoming_links(snapshot, int(head[place]), visible)
    # A stable sort keeps those with equally many links in the order of dates.
    settled = head[np.lexsort((-links, -levels))]
    return np.concatenate((settled, top[TIE_BREAK_DEPTH:]))[first : first + count]


def incoming_links(snapshot: Snapshot, document: int, visible: Mask) -> int:
    """The number of visible pages that link to a document, by path or title."""
    own = {snapshot.last_term(field, document) for field in ("path", "exact")} - {""}
    names = set(map(path_filter_key, own))
    return sum(snapshot.frequency("link", name, visible) for name in names)

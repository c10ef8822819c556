"""Pages like another one: those that share its telling words, its tags and links with it.

More like this, as Lucene has it: the words that tell most of a page are a query of their own.
"""

import numpy as np
from numpy.typing import NDArray

from wiki.search.analysis.analyzer import JOINED_PREFIX, is_stop_word
from wiki.search.documents import path_filter_key
from wiki.search.index.snapshot import Snapshot
from wiki.search.query.matching import Mask
from wiki.search.ranking import scoring
from wiki.search.ranking.engine import add_terms

TELLING_TERMS = 30  # of the page
CANDIDATE_TERMS = 300  # whose idf is looked up, those that weigh most in the page
TAG_SHARE = np.float32(0.1)  # of its score, what a page gains by each tag that both have
LINK_SHARE = np.float32(0.2)  # and by linking to the other
LEAST_SHARE = 0.15  # of the score that the page itself would have; below, little is shared


def related_pages(snapshot: Snapshot, page_id: int, visible: Mask, count: int) -> list[int]:
    """The ids of the pages that are most like one, best first; none if it isn't indexed."""
    found = np.flatnonzero((snapshot.pages == page_id) & snapshot.live)
    if not len(found):
        return []
    own = int(found[0])
    scores = np.zeros(snapshot.size, np.float32)
    weights = _telling_terms(snapshot, own)
    matched = add_terms(snapshot, weights, scores) & visible
    least = LEAST_SHARE * float(scores[own])
    scores *= 1 + TAG_SHARE * _shared_tags(snapshot, own)
    scores[_linking(snapshot, own)] *= 1 + LINK_SHARE
    matched[own] = False
    matched &= scores >= least
    top = scoring.top_k(scores, snapshot.times, matched, 0, count)
    return [int(page) for page in snapshot.pages[top]]


def _telling_terms(snapshot: Snapshot, document: int) -> dict[str, float]:
    """The terms that tell most of a document, with their saturated frequency in it."""
    arrays, place = snapshot.locate(document)
    numbers, weights = arrays.terms_of(place)
    weights = weights.astype(np.float32)
    heaviest = np.argsort(-weights, kind="stable")[:CANDIDATE_TERMS]
    saturated = scoring.bm25_tf(weights[heaviest], snapshot.norms[document])
    shares: dict[str, float] = {}
    for number, share in zip(numbers[heaviest].tolist(), saturated.tolist(), strict=True):
        term = arrays.term(number).decode()
        if not (term.startswith(JOINED_PREFIX) or is_stop_word(term)):
            shares[term] = share
    told = {
        term: share * snapshot.idf(term)
        for term, share in shares.items()
        if _is_shared(snapshot, term)
    }
    most = sorted(told, key=lambda term: (-told[term], term))[:TELLING_TERMS]
    return {term: shares[term] for term in most}


def _is_shared(snapshot: Snapshot, term: str) -> bool:
    """Whether two documents hold a term; what stands in one alone relates it to nothing."""
    held = snapshot.postings("content", term)
    return sum(postings.arrays.frequency(postings.number) for postings in held) > 1


def _shared_tags(snapshot: Snapshot, document: int) -> NDArray[np.float32]:
    """By document, how many of a document's tags it has."""
    labels = snapshot.labels("tag")
    own = np.zeros(len(labels.terms), np.float32)
    own[labels.owners[labels.documents == document]] = 1
    counts = np.bincount(labels.documents, own[labels.owners], minlength=snapshot.size)
    return counts.astype(np.float32)


def _linking(snapshot: Snapshot, document: int) -> Mask:
    """Which documents link to one, by its path or its title."""
    mask = np.zeros(snapshot.size, bool)
    for field in ("path", "exact"):
        if name := snapshot.last_term(field, document):
            mask |= snapshot.holding("link", path_filter_key(name))
    return mask

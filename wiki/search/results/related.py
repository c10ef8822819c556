"""Related pages: those that share distinctive words, tags and links with a page.

As in Lucene's "more like this", the most distinctive words of a page are used as a query. All
statistics are of visible documents alone; otherwise, the pages related to one's own would reveal
which words hidden pages contain. With semantic search, pages of similar meaning count as well.
"""

import numpy as np
from numpy.typing import NDArray

from wiki.search.analysis.analyzer import JOINED_PREFIX, is_stop_word
from wiki.search.documents import path_filter_key
from wiki.search.index.collection_statistics import idf
from wiki.search.index.snapshot import Snapshot
from wiki.search.meaning.vectors import VectorFolder, nearest_to
from wiki.search.query.matching import Mask
from wiki.search.ranking import scoring
from wiki.search.ranking.engine import add_terms

TELLING_TERMS = 30  # words of the page that are used as a query
CANDIDATE_TERMS = 300  # words with the highest weights in the page, of which the idf is looked up
TAG_SHARE = np.float32(0.1)  # of its score, added for each tag in common
LINK_SHARE = np.float32(0.2)  # of its score, added for a link between both
LEAST_SHARE = 0.15  # of the page's own score; pages below it have too little in common
MEANING_SHARE = np.float32(0.5)  # of its score, added for the same meaning
LEAST_COSINE = 0.6  # minimum cosine of a related page without distinctive words in common


def related_pages(
    snapshot: Snapshot,
    page_id: int,
    visible: Mask,
    count: int,
    vectors: VectorFolder | None = None,
) -> list[int]:
    """The ids of the `count` most similar pages, best first; empty if the page isn't indexed."""
    found = np.flatnonzero((snapshot.pages == page_id) & snapshot.live)
    if not len(found):
        return []
    own = int(found[0])
    scores = np.zeros(snapshot.size, np.float32)
    weights, idfs = _distinctive_terms(snapshot, own, visible)
    matched = add_terms(snapshot, weights, scores, idfs=idfs) & visible
    least = LEAST_SHARE * float(scores[own])
    scores *= 1 + TAG_SHARE * _shared_tags(snapshot, own)
    scores[_linking(snapshot, own)] *= 1 + LINK_SHARE
    matched &= scores >= least
    if vectors is not None:
        near, cosines = nearest_to(vectors, snapshot, own, visible)
        scores[near] += MEANING_SHARE * scores[own] * np.maximum(cosines, 0)
        matched[near[cosines >= LEAST_COSINE]] = True
    matched[own] = False
    top = scoring.top_k(scores, snapshot.times, matched, 0, count)
    return [int(page) for page in snapshot.pages[top]]


def _distinctive_terms(
    snapshot: Snapshot, document: int, visible: Mask
) -> tuple[dict[str, float], dict[str, float]]:
    """The most distinctive terms of a document: their BM25 frequency factors, and their idf."""
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
    idfs = _idfs(snapshot, list(shares), visible)
    most = sorted(idfs, key=lambda term: (-shares[term] * idfs[term], term))[:TELLING_TERMS]
    return {term: shares[term] for term in most}, idfs


def _idfs(snapshot: Snapshot, terms: list[str], visible: Mask) -> dict[str, float]:
    """The idf, among visible documents, of terms that at least two of them contain.

    Other terms cannot relate two pages.
    """
    size, found = int(np.count_nonzero(visible)), dict[str, float]()
    for term in terms:
        frequency = snapshot.frequency("content", term, visible)
        if frequency > 1:
            found[term] = idf(size, frequency)
    return found


def _shared_tags(snapshot: Snapshot, document: int) -> NDArray[np.float32]:
    """For each document, the number of tags in common with `document`."""
    labels = snapshot.labels("tag")
    own = np.zeros(len(labels.terms), np.float32)
    own[labels.owners[labels.documents == document]] = 1
    counts = np.bincount(labels.documents, own[labels.owners], minlength=snapshot.size)
    return counts.astype(np.float32)


def _linking(snapshot: Snapshot, document: int) -> Mask:
    """The mask of documents that link to `document`, by path or title."""
    mask = np.zeros(snapshot.size, bool)
    for field in ("path", "exact"):
        if name := snapshot.last_term(field, document):
            mask |= snapshot.holding("link", path_filter_key(name))
    return mask

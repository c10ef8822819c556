"""Scores pages by the texts of links that lead to them (anchor texts).

A page that links counts once for each word. Source: N. Craswell,
D. Hawking, S. Robertson, "Effective Site Finding Using Link Anchor Information", SIGIR 2001; as a
field of BM25F: H. Zaragoza et al., "Microsoft Cambridge at TREC-13", 2004.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from wiki.search.index.snapshot import Snapshot
from wiki.search.query.matching import Mask
from wiki.search.ranking import scoring


def add_link_texts(
    snapshot: Snapshot, weights: Mapping[str, float], scores: NDArray[np.float32], sources: Mask
) -> Mask:
    """Add the texts of incoming links to `scores`; returns the mask of the pages affected.

    Only links from `sources` count, which the searcher must be allowed to see, so that results
    don't reveal what hidden pages say. Link texts are added to the words before saturation.
    """
    linked = np.zeros(snapshot.size, bool)
    for term, weight in weights.items():
        documents, counts = snapshot.linked_with(term, sources)
        if not len(documents):
            continue
        share = (counts / (counts + 1)).astype(np.float32)
        own = _weights_in(snapshot, term, documents)
        with_links = own + np.float32(scoring.LINK_TEXT_WEIGHT) * share
        norms = snapshot.norms[documents]
        gain = scoring.bm25_tf(with_links, norms) - scoring.bm25_tf(own, norms)
        scores[documents] += np.float32(weight * snapshot.idf(term)) * gain
        linked[documents] = True
    return linked


def _weights_in(snapshot: Snapshot, term: str, documents: NDArray[np.intp]) -> NDArray[np.float32]:
    """The weight of a term in each of `documents`; 0 if it does not occur."""
    weights = np.zeros(len(documents), np.float32)
    for postings in snapshot.postings("content", term):
        docs = postings.docs
        places = np.searchsorted(docs, documents - postings.base).clip(max=len(docs) - 1)
        held = docs[places] == documents - postings.base
        weights[held] = postings.arrays.weights(postings.number)[places[held]]
    return weights

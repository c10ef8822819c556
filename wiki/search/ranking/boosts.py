"""What makes a page likelier than its words alone: they stand together, or in its title."""

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wiki.search.analysis.analyzer import chunks, is_idle
from wiki.search.analysis.folding import fold
from wiki.search.documents import name_key, path_address_key, title_key
from wiki.search.index.snapshot import Snapshot
from wiki.search.query.page_addresses import path_in
from wiki.search.query.parser import Query
from wiki.search.ranking import scoring
from wiki.search.ranking.matching import Mask, phrase_mask, phrase_places
from wiki.search.ranking.passage_match import SHORTEST, copied
from wiki.search.ranking.proximity import distances
from wiki.search.ranking.query_expansion import ExpandedQuery, telling

TITLE_WORDS = 12  # a longer text is nobody's title
TITLES = 25  # of the best pages, whose titles are compared
SHORTEST_BEGINNING = 3  # characters of a title
BEGUN = 500  # titles that begin so; of more, the beginning says nothing


def apply_boosts(
    snapshot: Snapshot,
    query: Query,
    asked: ExpandedQuery,
    scores: NDArray[np.float32],
    matched: Mask,
) -> Mask:
    """Raise the scores of pages that are likely to be meant; those that the query names."""
    top = scoring.top_k(scores, snapshot.times, matched, 0, scoring.CLOSE_CANDIDATES)
    documents = np.sort(top)
    _favour_close_words(snapshot, asked.order, scores, documents)
    if len(set(asked.order)) > 1 and not asked.is_question:
        _favour_all_words(snapshot, set(asked.order), scores)
    if not query.is_bound:
        _favour_titles(snapshot, query, scores, top[:TITLES])
    most = float(scores[top].max(initial=0.0))
    _favour_begun_titles(snapshot, query, scores, scoring.BEGUN_TITLE_BONUS * most)
    return _favour_named(snapshot, query, scores)


def boost_copies(
    snapshot: Snapshot, query: Query, scores: NDArray[np.float32], matched: Mask
) -> bool:
    """Raise the scores of pages that quote the text; whether there are any.

    A message stands there word for word, but for files, numbers and times of its own, and what a
    log or a trace puts before it; who pastes it looks for that page rather than for a subject.
    """
    places = [] if query.is_bound else phrase_places(query.spoken)
    if len(places) < SHORTEST:
        return False
    top = scoring.top_k(scores, snapshot.times, matched, 0, scoring.CLOSE_CANDIDATES)
    documents = np.sort(top)
    worth = copied(snapshot, places, documents)
    scores[documents] += np.float32(scoring.COPY_SHARE) * worth
    return bool(worth.any())


def _favour_close_words(
    snapshot: Snapshot, order: list[str], scores: NDArray[np.float32], documents: NDArray[np.intp]
) -> None:
    """Words side by side in the query count more where they stand close together."""
    if len(order) < 2:
        return
    apart = distances(snapshot, order, documents)
    for pair, gaps in zip(pairwise(order), apart, strict=True):
        rarity = min(snapshot.rarity(term) for term in pair)
        weights = np.float32(1) / (gaps * gaps)
        worth = scoring.bm25_tf(weights, snapshot.norms[documents])
        scores[documents] += np.float32(scoring.CLOSENESS_SHARE * rarity) * worth


def _favour_all_words(snapshot: Snapshot, terms: set[str], scores: NDArray[np.float32]) -> None:
    """Of keywords each is meant; of a question's words any may be chance."""
    worth = {term: snapshot.rarity(term) for term in terms}
    share = np.zeros(snapshot.size, np.float32)
    for term in terms:
        part = np.float32(worth[term] / sum(worth.values()))
        for spot in snapshot.spots("content", term):
            share[spot.span][spot.docs] += part
    share *= share
    scores *= 1 + np.float32(scoring.ALL_WORDS_BONUS) * share * share


def _favour_titles(
    snapshot: Snapshot, query: Query, scores: NDArray[np.float32], top: NDArray[np.intp]
) -> None:
    """Who types words of a title probably means that page, the more so the more of it they are."""
    asked = _told_by(query.spoken)
    if not 0 < len(asked) <= TITLE_WORDS:
        return
    worth = {term: snapshot.rarity(term) for term in asked}
    mask = np.ones(snapshot.size, bool)
    for term in asked:
        mask &= phrase_mask(snapshot, term, is_title=True)
    scores[mask] *= np.float32(1 + scoring.TITLE_BONUS)
    for document in top.tolist():
        title = _told_by(snapshot.title(document))
        if title.isdisjoint(asked):
            continue
        both = sum(worth[term] for term in title & asked)
        share = both / sum(snapshot.rarity(term) for term in title)
        covered = both / sum(worth.values())
        bonus = scoring.WHOLE_TITLE_BONUS * share**4 * covered**0.5
        scores[document] *= np.float32(1 + bonus)


def _favour_begun_titles(
    snapshot: Snapshot, query: Query, scores: NDArray[np.float32], begun: float
) -> None:
    """Who types how a title begins probably means that page.

    `begun`: what is added for a title that was nearly typed to its end.
    """
    typed = title_key(query.spoken)
    if len(typed) < SHORTEST_BEGINNING or query.is_bound:
        return
    for arrays, base in snapshot.each():
        numbers = arrays.beginning("exact", typed)
        if 0 < len(numbers) <= BEGUN:
            every = np.arange(numbers.start, numbers.stop)
            documents = arrays.docs_between(numbers) + base
            share = len(typed.encode()) / np.repeat(arrays.widths(every), arrays.frequencies(every))
            scores[documents] += (begun * share).astype(np.float32)


def _favour_named(snapshot: Snapshot, query: Query, scores: NDArray[np.float32]) -> Mask:
    """Who types a title or a path means that page. Which pages the query names so."""
    named = np.zeros(snapshot.size, bool)
    asked = {query.spoken, query.text, *query.alternatives, *query.beginnings}
    path = path_in(query.spoken)
    for field, keys, bonus in (
        ("exact", {title_key(text) for text in asked}, scoring.EXACT_TITLE),
        ("name", {name_key(text) for text in asked} - {""}, scoring.EXACT_NAME),
        ("name", {path_address_key(path)} if path else (), scoring.EXACT_PATH),
    ):
        for key in keys:
            mask = snapshot.holding(field, key)
            scores[mask] += np.float32(bonus)
            named |= mask
    return named


@lru_cache(maxsize=10_000)
def _told_by(text: str) -> frozenset[str]:
    """The terms of a title that say what it is about; of `about_modules` its parts."""
    told: set[str] = set()
    for each in telling(list(chunks(fold(text)))):
        # A part of one letter says nothing without the others.
        parts = [t.text for t in each.parts if len(t.text) > 1]
        told.update(
            [part for part in parts if not is_idle(part)] or [t.text for t in each.terms[:1]]
        )
    return frozenset(told)

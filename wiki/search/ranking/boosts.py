"""Boosts: raise the scores of pages by proximity of the words, titles and quoted passages."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wiki.search.analysis.analyzer import is_stop_word, tokenize
from wiki.search.analysis.folding import fold
from wiki.search.documents import letters_key, path_address_key, title_key
from wiki.search.index.snapshot import Snapshot
from wiki.search.query.matching import Mask, phrase_terms, term_mask
from wiki.search.query.model import Query
from wiki.search.query.page_addresses import path_in
from wiki.search.query.pastes import COMMAND, DETAIL, ERROR, UNKNOWN, WARNING, PasteLine
from wiki.search.ranking import scoring
from wiki.search.ranking.passage_match import MIN_PASSAGE_TERMS, passage_scores
from wiki.search.ranking.proximity import pair_distances
from wiki.search.ranking.query_expansion import ExpandedQuery, without_stop_words

MAX_TITLE_TERMS = 12  # terms; a longer query is not a title
TITLE_CANDIDATES = 25  # pages of which the titles are compared: the best ones
MIN_TITLE_PREFIX = 3  # characters typed, for titles that begin with them
MAX_QUOTED_LINES = 6  # lines of a paste that are searched for: the last ones
MIN_LINE_TERMS = 3  # words of a line that are compared, if it is a whole message
MAX_PREFIX_TITLES = 500  # titles; a beginning that more titles share is ignored


def apply_boosts(
    snapshot: Snapshot, expanded: ExpandedQuery, scores: NDArray[np.float32], matched: Mask
) -> Mask:
    """Raise `scores` in place; returns the mask of pages that the query names."""
    query = expanded.query
    top = scoring.top_k(scores, snapshot.times, matched, 0, scoring.RERANK_DEPTH)
    documents = np.sort(top)
    _boost_proximity(snapshot, expanded.order, scores, documents)
    if len(set(expanded.order)) > 1 and not expanded.is_question:
        _boost_all_terms(snapshot, expanded, scores)
    if not query.requires_text:
        texts = (query.unfiltered_text, *expanded.wordings, *expanded.sides)
        _boost_titles(snapshot, texts, scores, top[:TITLE_CANDIDATES])
    most = float(scores[top].max(initial=0.0))
    _boost_sides(snapshot, expanded.sides, scores, matched, scoring.SIDE_BONUS * most)
    _boost_title_prefixes(snapshot, query, scores, scoring.TITLE_PREFIX_BONUS * most)
    return _boost_exact_names(snapshot, expanded, scores)


def boost_passages(
    snapshot: Snapshot, query: Query, scores: NDArray[np.float32], matched: Mask
) -> bool:
    """Raise the scores of pages that quote the query; returns whether there are any.

    Pages quote a message word for word, except for file names, numbers, times and log prefixes.
    Such a page is a better answer to a pasted message than other pages on the subject.
    """
    if query.requires_text:
        return False
    top = scoring.top_k(scores, snapshot.times, matched, 0, scoring.RERANK_DEPTH)
    documents = np.sort(top)
    for lines, least in _quotable(query):
        worth = np.zeros(len(documents), np.float32)
        for line in lines:
            places = phrase_terms(line.text)
            if len(places) >= least:
                scores_of_line = passage_scores(snapshot, places, documents, least)
                np.maximum(worth, np.float32(line.weight) * scores_of_line, out=worth)
        if worth.any():
            scores[documents] += np.float32(scoring.PASSAGE_SHARE) * worth
            return True
    return False


def _quotable(query: Query) -> Iterator[tuple[list[PasteLine], int]]:
    """Yield lists of lines that a page may quote, with the number of words that must match.

    The most telling lines come first: for a paste its errors, then its other lines.
    """
    if not query.paste:
        yield [PasteLine(query.unfiltered_text, ERROR)], MIN_PASSAGE_TERMS
        return
    last_first = list(dict.fromkeys(query.paste[::-1]))
    for least, most in ((ERROR, ERROR), (WARNING, UNKNOWN), (DETAIL, COMMAND)):
        lines = [line for line in last_first if least <= line.weight <= most]
        yield lines[:MAX_QUOTED_LINES], MIN_LINE_TERMS


def _boost_proximity(
    snapshot: Snapshot, order: list[str], scores: NDArray[np.float32], documents: NDArray[np.intp]
) -> None:
    """Raise scores of documents in which neighbouring words of the query are close together.

    After Y. Rasolofo, J. Savoy, "Term Proximity Scoring for Keyword-Based Retrieval Systems", ECIR
    2003: each pair counts like one more term whose frequency is 1 / distance².
    """
    if len(order) < 2:
        return
    apart = pair_distances(snapshot, order, documents)
    for pair, gaps in zip(pairwise(order), apart, strict=True):
        rarity = min(snapshot.idf(term) for term in pair)
        weights = np.float32(1) / (gaps * gaps)
        worth = scoring.bm25_tf(weights, snapshot.norms[documents])
        scores[documents] += np.float32(scoring.PROXIMITY_SHARE * rarity) * worth


def _boost_all_terms(
    snapshot: Snapshot, expanded: ExpandedQuery, scores: NDArray[np.float32]
) -> None:
    """Raise scores of documents that contain all keywords, or most of them."""
    worth = {term: snapshot.idf(term) for term in set(expanded.order)}
    others = {
        term: group.held
        for group in expanded.synonyms
        for term in group.terms
        if group.held is not None
    }
    share = np.zeros(snapshot.size, np.float32)
    for term, each in worth.items():
        part = np.float32(each / sum(worth.values()))
        if term in others:
            share[snapshot.holding("content", term) | others[term]] += part
            continue
        for postings in snapshot.postings("content", term):
            share[postings.span][postings.docs] += part
    share *= share
    scores *= 1 + np.float32(scoring.ALL_TERMS_BONUS) * share * share


def _boost_titles(
    snapshot: Snapshot,
    texts: Iterable[str],
    scores: NDArray[np.float32],
    top: NDArray[np.intp],
) -> None:
    """Raise scores of pages with the query's words in the title, by the share that they cover.

    `texts`: the possible readings of the query, of which the best one counts.
    """
    bonus = np.zeros(snapshot.size, np.float32)
    for typed in dict.fromkeys(map(_title_terms, texts)):
        if not 0 < len(typed) <= MAX_TITLE_TERMS:
            continue
        worth = {term: snapshot.idf(term) for term in typed}
        mask = np.ones(snapshot.size, bool)
        for term in typed:
            mask &= term_mask(snapshot, term, is_title=True)
        of_text = np.where(mask, np.float32(1 + scoring.TITLE_BONUS), np.float32(1))
        for document in top.tolist():
            title = _title_terms(snapshot.last_term("exact", document))
            if title.isdisjoint(typed):
                continue
            both = sum(worth[term] for term in title & typed)
            share = both / sum(snapshot.idf(term) for term in title)
            covered = both / sum(worth.values())
            of_text[document] *= 1 + scoring.WHOLE_TITLE_BONUS * share**4 * covered**0.5
        np.maximum(bonus, of_text, out=bonus)
    scores *= np.maximum(bonus, 1)


def _boost_sides(
    snapshot: Snapshot,
    sides: Sequence[str],
    scores: NDArray[np.float32],
    matched: Mask,
    worth: float,
) -> None:
    """Raise scores of pages about either of two things that the query compares."""
    is_both = np.ones(snapshot.size, bool)
    for term in {term for side in sides for term in _title_terms(side)}:
        is_both &= term_mask(snapshot, term, is_title=True)
    if not (is_both & matched).any():
        for side in sides:
            scores[snapshot.holding("exact", title_key(side))] += np.float32(worth)


def _boost_title_prefixes(
    snapshot: Snapshot, query: Query, scores: NDArray[np.float32], begun: float
) -> None:
    """Raise scores of pages with a title that begins with the query.

    `begun` is added for a title that was typed completely, less for a shorter beginning.
    """
    typed = title_key(query.unfiltered_text)
    if len(typed) < MIN_TITLE_PREFIX or query.requires_text:
        return
    for documents, share in snapshot.titles_with_prefix(typed, MAX_PREFIX_TITLES):
        scores[documents] += (begun * share).astype(np.float32)


def _boost_exact_names(
    snapshot: Snapshot, expanded: ExpandedQuery, scores: NDArray[np.float32]
) -> Mask:
    """Put pages first that have the query as title or path; returns the mask of these."""
    query = expanded.query
    named = np.zeros(snapshot.size, bool)
    names = {query.unfiltered_text, query.text, *query.alternatives, *query.prefixes}
    path = path_in(query.unfiltered_text)
    for field, keys, bonus in (
        ("exact", {title_key(text) for text in names}, scoring.EXACT_TITLE),
        ("name", {letters_key(text) for text in names} - {""}, scoring.EXACT_NAME),
        ("exact", {title_key(text) for text in expanded.wordings}, scoring.EXACT_WORDING),
        ("name", {path_address_key(path)} if path else (), scoring.EXACT_PATH),
    ):
        for key in keys:
            mask = snapshot.holding(field, key)
            scores[mask] += np.float32(bonus)
            named |= mask
    return named


@lru_cache(maxsize=10_000)
def _title_terms(text: str) -> frozenset[str]:
    """The terms of a title without stop words; compounds like `about_modules` are split."""
    terms: set[str] = set()
    for each in without_stop_words(list(tokenize(fold(text)))):
        # A single letter is ignored, since it means nothing without the other parts.
        parts = [t.text for t in each.parts if len(t.text) > 1]
        terms.update(
            [part for part in parts if not is_stop_word(part)] or [t.text for t in each.terms[:1]]
        )
    return frozenset(terms)

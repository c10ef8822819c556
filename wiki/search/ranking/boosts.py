"""What makes a page likelier than its words alone: their proximity, or its title."""

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

MAX_TITLE_TERMS = 12  # a longer text is no title
TITLE_CANDIDATES = 25  # of the best pages have their titles compared
MIN_TITLE_PREFIX = 3  # characters of a title
MAX_QUOTED_LINES = 6  # lines of a paste that are looked for, the last ones
MIN_LINE_TERMS = 3  # compared words of a line of a paste: it is a message as a whole
MAX_PREFIX_TITLES = 500  # a beginning that more titles share says nothing


def apply_boosts(
    snapshot: Snapshot, expanded: ExpandedQuery, scores: NDArray[np.float32], matched: Mask
) -> Mask:
    """Raise the scores of pages that are probably meant; returns those that the query names."""
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
    """Raise the scores of pages that quote the text; whether there are any.

    A message is quoted word for word except for its file names, numbers and times and the prefix a
    log adds. Whoever pastes one wants that page rather than pages on its subject.
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
    """The lines that a page may quote, the most telling ones first; how many words it must share.

    Of a paste its errors, then its other lines.
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
    """Neighbouring words of the query count more where they are close together.

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
    """Each of several keywords is meant, while some words of a question may be incidental."""
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
    """Words of a title probably mean that page, the more so the more of the title they cover.

    `texts`: how the query may be read, of which the one that fits best counts.
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
    """Of two things that are compared, the page about either is meant if none compares them."""
    is_both = np.ones(snapshot.size, bool)
    for term in {term for side in sides for term in _title_terms(side)}:
        is_both &= term_mask(snapshot, term, is_title=True)
    if not (is_both & matched).any():
        for side in sides:
            scores[snapshot.holding("exact", title_key(side))] += np.float32(worth)


def _boost_title_prefixes(
    snapshot: Snapshot, query: Query, scores: NDArray[np.float32], begun: float
) -> None:
    """The beginning of a title probably means that page.

    `begun`: what is added for a title that was typed almost to its end.
    """
    typed = title_key(query.unfiltered_text)
    if len(typed) < MIN_TITLE_PREFIX or query.requires_text:
        return
    for documents, share in snapshot.titles_begun(typed, MAX_PREFIX_TITLES):
        scores[documents] += (begun * share).astype(np.float32)


def _boost_exact_names(
    snapshot: Snapshot, expanded: ExpandedQuery, scores: NDArray[np.float32]
) -> Mask:
    """A title or a path means that page. Returns which pages the query names."""
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
    """The terms of a title without stop words; of a compound like `about_modules` its parts."""
    terms: set[str] = set()
    for each in without_stop_words(list(tokenize(fold(text)))):
        # A single letter says nothing without the other parts.
        parts = [t.text for t in each.parts if len(t.text) > 1]
        terms.update(
            [part for part in parts if not is_stop_word(part)] or [t.text for t in each.terms[:1]]
        )
    return frozenset(terms)

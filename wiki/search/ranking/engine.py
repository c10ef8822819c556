"""Evaluates a query on a snapshot: which documents match, and with which scores."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from wiki.search.analysis.analyzer import JOINED_PREFIX, is_stop_word, stem
from wiki.search.index.collection_statistics import idf
from wiki.search.index.snapshot import Snapshot, TermPostings
from wiki.search.query.matching import Mask, item_mask, prefix_mask
from wiki.search.query.model import Changed, Filter, Item, Query
from wiki.search.query.spelling import Speller
from wiki.search.ranking import scoring
from wiki.search.ranking.boosts import apply_boosts, boost_passages
from wiki.search.ranking.link_texts import add_link_texts
from wiki.search.ranking.query_expansion import ExpandedQuery, expand, without_stop_words
from wiki.search.ranking.synonym_scores import add_synonyms

MAX_PREFIX_WORDS = 50  # words with a prefix that are scored: the most frequent ones
MIN_PREFIX_WORDS = 5  # the same for each of many prefixes
MAX_HIGHLIGHTED_TERMS = 24  # terms of a pasted text to highlight: those with the highest weights


@dataclass(slots=True)
class Evaluation:
    """The result of a query: `scores` and `matched`, both (documents,).

    `terms` (with their idf) and `prefixes` are to be highlighted. `without`: for each field that
    the query filters by one value, what it would match without that filter. `is_guessed`: no page
    contains any of the words, only similar ones. `is_named`: the query is the title or path of a
    result. `is_quoted`: pages quote it word for word.
    """

    query: Query
    scores: NDArray[np.float32]
    matched: Mask
    terms: dict[str, float] = field(default_factory=dict)
    prefixes: frozenset[str] = frozenset()
    without: dict[str, Mask] = field(default_factory=dict)
    is_guessed: bool = False
    is_named: bool = False
    is_quoted: bool = False

    @property
    def has_matches(self) -> bool:
        """Whether any document of the snapshot matched."""
        return bool(self.matched.any())


def evaluate(
    snapshot: Snapshot,
    query: Query,
    allowed: Mask,
    speller: Speller,
    pinned: Mask | None = None,
) -> Evaluation:
    """Score every document of `snapshot`; only those in `allowed` can match.

    Documents in `pinned` always match, unless filters exclude them.
    """
    scores = np.zeros(snapshot.size, np.float32)
    expanded = expand(snapshot, query, speller)
    held = add_terms(snapshot, expanded.terms, scores, forms=expanded.forms)
    held |= _add_synonyms(snapshot, expanded, scores)
    if expanded.order:  # link texts never match a pasted text
        held |= add_link_texts(snapshot, expanded.terms, scores, allowed)
    held |= _add_variants(snapshot, expanded, scores)
    held |= _add_prefixes(snapshot, expanded, scores)
    for item in query.excluded:
        allowed = allowed & ~item_mask(snapshot, item, allowed)
    text = allowed & held if query.words and not query.requires_text else allowed
    masks = [_any_of(snapshot, group, allowed) for group in query.required]
    matched = _all_of(text, masks)
    is_quoted = boost_passages(snapshot, query, scores, matched)
    is_subject = expanded.is_prose and not (query.requires_text or query.excluded or is_quoted)
    if is_subject and len(expanded.terms) >= scoring.FEEDBACK_MIN_QUERY:
        _add_feedback(snapshot, expanded.terms, scores, matched)
    named = apply_boosts(snapshot, expanded, scores, matched) & allowed
    # A page may lack the words of its path.
    text = text | named
    if pinned is not None:
        text |= pinned & allowed
    matched = _all_of(text, masks)
    has_pinned = pinned is not None and bool((matched & pinned).any())
    return Evaluation(
        query,
        scores,
        matched,
        _highlighted_terms(snapshot, expanded),
        frozenset((*expanded.prefixes, *query.required_prefixes)),
        _without_each(text, query, masks),
        expanded.is_guessed and not has_pinned,
        bool((matched & named).any()),
        is_quoted,
    )


def count_matches(snapshot: Snapshot, query: Query, allowed: Mask, speller: Speller) -> int:
    """The number of allowed documents that match a query."""
    return int(np.count_nonzero(evaluate(snapshot, query, allowed, speller).matched))


def required_mask(snapshot: Snapshot, query: Query, allowed: Mask) -> Mask:
    """The mask of allowed documents that meet all requirements of a query."""
    return _all_of(allowed, (_any_of(snapshot, group, allowed) for group in query.required))


def _any_of(snapshot: Snapshot, group: Iterable[Item], allowed: Mask) -> Mask:
    alternatives = np.zeros(snapshot.size, bool)
    for item in group:
        alternatives |= item_mask(snapshot, item, allowed)
    return alternatives


def _all_of(text: Mask, masks: Iterable[Mask]) -> Mask:
    matched = text.copy()
    for mask in masks:
        matched &= mask
    return matched


def _without_each(text: Mask, query: Query, masks: list[Mask]) -> dict[str, Mask]:
    """For each filtered field, what would match without its filter; for its facet's counts."""
    fields = [filtered_field(group) for group in query.required]
    return {
        name: _all_of(text, (m for m, other in zip(masks, fields, strict=True) if other != name))
        for name in set(fields)
        if name
    }


def filtered_field(group: tuple[Item, ...]) -> str:
    """The field of a group that is a single filter, "changed" for a date; otherwise ""."""
    if len(group) != 1 or not isinstance(group[0], Filter | Changed):
        return ""
    return group[0].field if isinstance(group[0], Filter) else "changed"


def add_terms(
    snapshot: Snapshot,
    weights: dict[str, float],
    scores: NDArray[np.float32],
    share: float = 1.0,
    forms: dict[str, str] | None = None,
    *,
    idfs: Mapping[str, float] | None = None,
) -> Mask:
    """Add each term's BM25 score (times `share`) to `scores`; returns the documents with any term.

    `forms` maps terms to the words as typed; other forms of these count less. `idfs` replace those
    of the collection.
    """
    matched = np.zeros(snapshot.size, bool)
    forms = forms or {}
    near = {term: _nearness(snapshot, term, forms[term]) for term in weights if term in forms}
    per_segment: dict[int, list[tuple[str, TermPostings]]] = {}
    for term in weights:
        for postings in snapshot.postings("content", term):
            per_segment.setdefault(postings.base, []).append((term, postings))
    for held in per_segment.values():
        arrays, span = held[0][1].arrays, held[0][1].span
        # One pass over all postings, since the calls of NumPy take longer than the additions.
        docs, heights, counts = arrays.postings([postings.number for _, postings in held])
        factors = [
            share * weights[term] * (idfs[term] if idfs else snapshot.idf(term)) for term, _ in held
        ]
        worth = scoring.bm25_tf(heights, snapshot.norms[span].take(docs))
        worth *= np.repeat(np.array(factors, np.float32), counts)
        if near:
            at = 0
            for (term, postings), count in zip(held, counts, strict=True):
                if term in near:
                    worth[at : at + count] *= near[term][span][postings.docs]
                at += count
        scores[span] += np.bincount(docs, worth, minlength=arrays.count).astype(np.float32)
        matched[span][docs] = True
    return matched


def _nearness(snapshot: Snapshot, term: str, word: str) -> NDArray[np.float32]:
    """For each document, the factor for its form of `term` if the query has `word`."""
    begun = [
        form
        for form in snapshot.expand_prefix(word, MAX_PREFIX_WORDS)
        if form != word and stem(form) == term
    ]
    shares = np.full(snapshot.size, scoring.STEM_SHARE, np.float32)
    for form, share in (*((each, scoring.PREFIX_FORM_SHARE) for each in begun), (word, 1.0)):
        for postings in snapshot.postings("word", form):
            shares[postings.span][postings.docs] = share
    return shares


def _add_synonyms(snapshot: Snapshot, expanded: ExpandedQuery, scores: NDArray[np.float32]) -> Mask:
    """Add synonyms, where they score higher than the query's own words."""
    matched = np.zeros(snapshot.size, bool)
    for group in expanded.synonyms:
        own = np.zeros(snapshot.size, np.float32)
        weights = {term: expanded.terms[term] for term in group.terms if term in expanded.terms}
        forms = {term: word for term, word in expanded.forms.items() if term in weights}
        add_terms(snapshot, weights, own, forms=forms)
        add_synonyms(snapshot, group, max(weights.values(), default=1.0), own, scores)
        if group.held is not None:
            matched |= group.held
    return matched


def _add_variants(snapshot: Snapshot, expanded: ExpandedQuery, scores: NDArray[np.float32]) -> Mask:
    """Add spellings with other separators (Wi-Fi for wifi) where the typed one is missing."""
    matched = np.zeros(snapshot.size, bool)
    for variant, own in expanded.variants.items():
        per_segment = snapshot.postings("content", variant)
        if not per_segment:
            continue
        # A rarer spelling is the same word, so it must not count more.
        held = snapshot.holding("content", own)
        worth = snapshot.idf(own) if held.any() else snapshot.idf(variant)
        for postings in per_segment:
            span, docs = postings.span, postings.docs
            heights = scoring.bm25_tf(
                postings.arrays.weights(postings.number), snapshot.norms[span][docs]
            )
            heights[held[span][docs]] = 0.0
            scores[span][docs] += np.float32(scoring.STEM_SHARE * worth) * heights
            matched[span][docs] = True
    return matched


def _add_prefixes(snapshot: Snapshot, expanded: ExpandedQuery, scores: NDArray[np.float32]) -> Mask:
    """Add words with a prefix; in each document, only the most frequent one counts."""
    matched = np.zeros(snapshot.size, bool)
    limit = max(MIN_PREFIX_WORDS, MAX_PREFIX_WORDS * 4 // max(len(expanded.prefixes), 4))
    for prefix, weight in expanded.prefixes.items():
        weights = np.zeros(snapshot.size, np.float32)
        _add_words(snapshot, snapshot.expand_prefix(prefix, limit), weights)
        covered_by = expanded.covered_by.get(prefix)
        if covered_by:
            weights[snapshot.holding("content", covered_by)] = 0.0
        mask = (weights > 0) & snapshot.live
        # At most the idf of the word itself, or longer words would be ranked above it.
        worth = idf(snapshot.counted, int(np.count_nonzero(mask)))
        if covered_by:
            worth = min(worth, snapshot.idf(covered_by))
        saturated = scoring.bm25_tf(weights[mask], snapshot.norms[mask])
        scores[mask] += np.float32(weight * worth) * saturated
        matched |= prefix_mask(snapshot, prefix)
    return matched


def _add_words(snapshot: Snapshot, words: Iterable[str], weights: NDArray[np.float32]) -> None:
    """Raise `weights` to those of the words' stems in documents that contain the words."""
    forms: dict[str, list[str]] = {}
    for word in words:
        forms.setdefault(stem(word), []).append(word)
    held = np.ones(snapshot.size, np.float32)
    for term, written in forms.items():
        stems = [
            (postings, held[postings.span], postings.docs)
            for postings in snapshot.postings("content", term)
        ]
        # By document, which is faster than looking each posting up among those of the stem.
        for postings, by_document, docs in stems:
            by_document[docs] = postings.arrays.weights(postings.number)
        for postings in (
            postings for word in written for postings in snapshot.postings("word", word)
        ):
            docs, part = postings.docs, weights[postings.span]
            part[docs] = np.maximum(part.take(docs), held[postings.span].take(docs))
        for _, by_document, docs in stems:
            by_document[docs] = 1.0


def _add_feedback(
    snapshot: Snapshot, weights: dict[str, float], scores: NDArray[np.float32], matched: Mask
) -> None:
    """Add the scores of terms that the best documents share; `matched` does not change.

    Pseudo-relevance feedback in the manner of RM3 (N. Abdul-Jaleel et al., "UMass at TREC 2004"):
    the query model is interpolated with a model of the top documents.
    """
    top = scoring.top_k(scores, snapshot.times, matched, 0, scoring.FEEDBACK_DOCUMENTS)
    most = scoring.max_score(weight * snapshot.idf(term) for term, weight in weights.items())
    if len(top) < 2 or scores[top[0]] > scoring.FEEDBACK_MAX_SCORE * most:
        return
    expansion, agreement = scoring.feedback_weights(
        ((float(scores[number]), _worth(snapshot, int(number))) for number in top),
        scoring.FEEDBACK_TERMS,
    )
    total = sum(weights.values()) or 1.0
    share = scoring.feedback_share(agreement)
    if not share:
        return
    scores *= np.float32(1 - share)
    add_terms(snapshot, {term: weight * total for term, weight in expansion.items()}, scores, share)


def _worth(snapshot: Snapshot, number: int) -> Iterable[tuple[str, float]]:
    """The most characteristic terms of a document, with their BM25 scores in it."""
    arrays, place = snapshot.locate(number)
    numbers, weights = arrays.terms_of(place)
    heights = scoring.bm25_tf(weights.astype(np.float32), snapshot.norms[number])
    worth = snapshot.idfs_in_segment(number, numbers) * heights
    kept = (
        (term, float(worth[at]))
        for at in np.argsort(-worth, kind="stable").tolist()
        if not (term := arrays.term(int(numbers[at])).decode()).startswith(JOINED_PREFIX)
    )
    for term, weight in islice(kept, scoring.FEEDBACK_TERMS * 2):
        if not is_stop_word(term):
            yield term, weight


def _highlighted_terms(snapshot: Snapshot, expanded: ExpandedQuery) -> dict[str, float]:
    """The terms to highlight with their weights, the highest first."""
    tokens = without_stop_words(expanded.plain) + expanded.required
    whole = (term.text for token in tokens for term in token.terms if not term.is_part)
    others = (term for group in expanded.synonyms for term in group.other_terms())
    shares = dict.fromkeys((*expanded.variants, *whole, *others), 1.0) | expanded.terms
    weights = {term: share * snapshot.idf(term) for term, share in shares.items()}
    return dict(sorted(weights.items(), key=lambda pair: -pair[1])[:MAX_HIGHLIGHTED_TERMS])

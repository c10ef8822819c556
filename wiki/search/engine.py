"""From a query and a snapshot to scores: which documents match, and how well."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wiki.search import scoring
from wiki.search.analysis import Chunk, chunks, is_idle
from wiki.search.documents import path_key, title_key
from wiki.search.matching import Mask, mask_of, phrase_mask, prefix_terms
from wiki.search.query import InTitle, Item, Phrase, Prefix, Query, Word
from wiki.search.snapshot import Snapshot

PART_SHARE = 0.4  # a part of a compound that is known whole: `select` of `select_related`
PREFIX_SHARE = 0.5  # a word that only begins as asked, against one that is as asked
SCORED_TERMS = 128  # the terms of a pasted text that tell most; the others change no rank
SHORTEST_BEGINNING = 3  # letters from which on an unknown word is taken for the beginning of one
# Above every sum of words: a page that is called so, then one that lies there.
EXACT_TITLE = 10_000.0
EXACT_PATH = 5_000.0
TITLE_BONUS = 0.25  # of a page's score, when its title holds all the words


@dataclass(slots=True)
class Evaluation:
    """What a query found. `marked`: terms and beginnings to mark in snippets."""

    scores: NDArray[np.float32]
    matched: Mask
    terms: frozenset[str]
    beginnings: frozenset[str]


def evaluate(snapshot: Snapshot, query: Query, allowed: Mask) -> Evaluation:
    """Score every document of `snapshot`; only those in `allowed` can match."""
    scores = np.zeros(snapshot.size, np.float32)
    weights, beginnings = wanted_terms(snapshot, query)
    matched = add_terms(snapshot, weights, scores)
    matched |= _add_beginnings(snapshot, beginnings, scores)
    for group in query.required:
        alternatives = np.zeros(snapshot.size, bool)
        for item in group:
            alternatives |= mask_of(snapshot, item)
        allowed = allowed & alternatives
    for item in query.excluded:
        allowed = allowed & ~mask_of(snapshot, item)
    if query.words and not _is_bound_by_text(query):
        matched &= allowed
    else:
        matched = allowed.copy()
    if query.is_plain and len(weights) >= scoring.FEEDBACK_FROM:
        _add_feedback(snapshot, weights, scores, matched)
    _favour_titles(snapshot, query, scores)
    spoken = _spoken_terms(query)
    return Evaluation(
        scores, matched, frozenset((*weights, *spoken)), frozenset((*beginnings, *_prefixes(query)))
    )


def _is_bound_by_text(query: Query) -> bool:
    """Whether a phrase or an alternative must stand in the text: then single words only rank."""
    return any(
        isinstance(item, Phrase | Word | Prefix) for group in query.required for item in group
    )


def wanted_terms(snapshot: Snapshot, query: Query) -> tuple[dict[str, float], dict[str, float]]:
    """The terms to score by weight, said twice twice; and beginnings of words likewise."""
    weights: dict[str, float] = {}
    beginnings: dict[str, float] = {}
    for item in query.words:
        if isinstance(item, Prefix):
            beginnings[item.text] = beginnings.get(item.text, 0.0) + 1.0
    for chunk in telling(_scored_chunks(query)):
        is_known = any(
            snapshot.frequency("content", term.text) for term in chunk.terms if not term.is_part
        )
        for term in chunk.terms:
            if term.is_part and is_known and len(term.text) <= 2:
                continue
            share = PART_SHARE if term.is_part and is_known else 1.0
            weights[term.text] = weights.get(term.text, 0.0) + share
        is_word = len(chunk.words) == 1 and len(chunk.words[0]) >= SHORTEST_BEGINNING
        if not is_known and is_word:
            beginnings[chunk.words[0]] = beginnings.get(chunk.words[0], 0.0) + PREFIX_SHARE
    return _most_telling(snapshot, weights), beginnings


def telling(asked: list[Chunk]) -> list[Chunk]:
    """The chunks that say what is looked for; all of them when none does."""
    kept = [chunk for chunk in asked if not (len(chunk.words) == 1 and is_idle(chunk.words[0]))]
    return kept or asked


def _scored_chunks(query: Query) -> list[Chunk]:
    words = [found for item in query.words if isinstance(item, Word) for found in chunks(item.text)]
    return words + _required_chunks(query)


def _required_chunks(query: Query) -> list[Chunk]:
    texts = []
    for group in query.required:
        for item in group:
            inner = item.item if isinstance(item, InTitle) else item
            if isinstance(inner, Word | Phrase):
                texts.append(inner.text)
    return [found for text in texts for found in chunks(text)]


def _most_telling(snapshot: Snapshot, weights: dict[str, float]) -> dict[str, float]:
    if len(weights) <= SCORED_TERMS:
        return weights
    worth = {
        term: weight * scoring.inverse_frequency(snapshot.count, frequency)
        for term, weight in weights.items()
        if (frequency := snapshot.frequency("content", term))
    }
    chosen = sorted(worth, key=lambda term: -worth[term])[:SCORED_TERMS]
    return {term: weights[term] for term in chosen}


def add_terms(
    snapshot: Snapshot, weights: dict[str, float], scores: NDArray[np.float32], share: float = 1.0
) -> Mask:
    """Add each term's BM25 to `scores`; which documents hold any of them."""
    matched = np.zeros(snapshot.size, bool)
    for term, weight in weights.items():
        spots = snapshot.spots("content", term)
        frequency = sum(spot.arrays.frequency(spot.number) for spot in spots)
        factor = np.float32(share * weight * scoring.inverse_frequency(snapshot.size, frequency))
        for spot in spots:
            docs = spot.docs
            norms = snapshot.norms[spot.span][docs]
            scores[spot.span][docs] += factor * scoring.saturated(
                spot.arrays.weights(spot.number), norms
            )
            matched[spot.span][docs] = True
    return matched


def _add_beginnings(
    snapshot: Snapshot, beginnings: dict[str, float], scores: NDArray[np.float32]
) -> Mask:
    """Words that begin so count together as one word, said once."""
    matched = np.zeros(snapshot.size, bool)
    for beginning, weight in beginnings.items():
        mask = np.zeros(snapshot.size, bool)
        for word in prefix_terms(snapshot, beginning):
            mask |= snapshot.holding("word", word)
        worth = scoring.inverse_frequency(snapshot.size, int(np.count_nonzero(mask)))
        ones = np.ones(1, np.float32)
        scores[mask] += np.float32(weight * worth) * scoring.saturated(ones, snapshot.norms[mask])
        matched |= mask
    return matched


def _add_feedback(
    snapshot: Snapshot, weights: dict[str, float], scores: NDArray[np.float32], matched: Mask
) -> None:
    """Ask also for what the best documents share; what matches stays what was asked for."""
    top = scoring.best(scores, snapshot.times, matched, 0, scoring.FEEDBACK_DOCUMENTS)
    most = scoring.ceiling(
        weight * scoring.inverse_frequency(snapshot.size, snapshot.frequency("content", term))
        for term, weight in weights.items()
    )
    if len(top) < 2 or scores[top[0]] > scoring.FEEDBACK_BELOW * most:
        return
    expansion = scoring.feedback_weights(
        ((float(scores[number]), _worth(snapshot, int(number))) for number in top),
        scoring.FEEDBACK_TERMS,
    )
    total = sum(weights.values()) or 1.0
    share = scoring.FEEDBACK_SHARE
    scores *= np.float32(1 - share)
    add_terms(snapshot, {term: weight * total for term, weight in expansion.items()}, scores, share)


def _worth(snapshot: Snapshot, number: int) -> Iterable[tuple[str, float]]:
    """The terms a document is most about, with what each is worth in it."""
    place = int(np.searchsorted(snapshot.bases, number, side="right")) - 1
    arrays, base = snapshot.segments[place], snapshot.bases[place]
    numbers, weights = arrays.terms_of(number - base)
    frequencies = arrays.frequencies(numbers).astype(np.float32)
    rarity = np.log1p((arrays.count - frequencies + 0.5) / (frequencies + 0.5))
    worth = rarity * scoring.saturated(weights.astype(np.float32), snapshot.norms[number])
    for at in np.argsort(-worth, kind="stable")[: scoring.FEEDBACK_TERMS * 2].tolist():
        term = arrays.term(int(numbers[at])).decode()
        if not is_idle(term):
            yield term, float(worth[at])


def _favour_titles(snapshot: Snapshot, query: Query, scores: NDArray[np.float32]) -> None:
    """Who types a title means that page; who types words of one probably does."""
    text = query.text.strip().strip('"“”')
    asked = telling(list(chunks(text))) if query.is_plain else []
    terms = [chunk.terms[0].text for chunk in asked if chunk.terms]
    if 0 < len(terms) <= 12:
        mask = np.ones(snapshot.size, bool)
        for term in terms:
            mask &= phrase_mask(snapshot, term, is_title=True)
        scores[mask] *= np.float32(1 + TITLE_BONUS)
    scores[snapshot.holding("exact", title_key(text))] += np.float32(EXACT_TITLE)
    if "/" in text and " " not in text:
        key = path_key(text.removeprefix("/wiki/"))
        for spot in snapshot.spots("path", key):
            # A page holds its own path as the longest of its path terms; the exact one is alone.
            docs = spot.docs
            if len(docs) == 1:
                scores[spot.span][docs] += np.float32(EXACT_PATH)


def _spoken_terms(query: Query) -> list[str]:
    """The terms to mark: the telling ones, and all that a phrase or filter asks for."""
    words = [found for item in query.words if isinstance(item, Word) for found in chunks(item.text)]
    asked = telling(words) + _required_chunks(query)
    return [term.text for chunk in asked for term in chunk.terms if not term.is_part]


def _prefixes(query: Query) -> list[str]:
    items: list[Item] = [item for group in query.required for item in group]
    inner = [item.item if isinstance(item, InTitle) else item for item in items]
    return [item.text for item in inner if isinstance(item, Prefix)]

"""Suggestions while typing: pages whose titles, tags or headings contain what was typed so far."""

import re
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from wiki.search.analysis.analyzer import is_stop_word, tokenize
from wiki.search.analysis.folding import fold
from wiki.search.documents import title_key
from wiki.search.index.array_file import Array
from wiki.search.index.segment_arrays import SegmentArrays
from wiki.search.index.snapshot import Snapshot
from wiki.search.query.matching import Mask
from wiki.search.query.parser import parse
from wiki.search.query.spelling import Speller
from wiki.search.ranking.scoring import top_k

# Weights of matches: a title counts more than a tag or a heading.
FIELD_WEIGHTS = {"title": 1.0, "tag": 0.6, "heading": 0.3}
WHOLE_WORD, PREFIX_MATCH, INFIX_MATCH = 1.2, 1.0, 0.4
TITLE_PREFIX = 2.0  # the title begins with what was typed
OPENED = np.float32(1.0)  # the maximum, for the page that is opened most
INITIALS = np.float32(0.3)  # what was typed abbreviates the title
MIN_INFIX_LETTERS = 2  # letters; single letters are too common
MAX_SUGGESTION_WORDS = 6  # words of the typed text that are used: the last ones
_SIGNS = re.compile(r"[-_./]+")

# Yields the documents of a segment with a field that matches a word, each with its weight.
Find = Callable[[SegmentArrays, str, str], Iterator[tuple[float, Array]]]


def suggest_pages(
    snapshot: Snapshot,
    text: str,
    visible: Mask,
    count: int = 8,
    opened: NDArray[np.float32] | None = None,
) -> list[int]:
    """The ids of the pages to suggest, best first.

    Titles that begin with the text come before those with such words, and these before words that
    contain it and titles that it abbreviates; of each, those that are `opened` more (by document, 0
    to 1), then the shortest. If no page has the words, they are split at signs, then corrected as
    in a search.
    """
    scores = np.zeros(snapshot.size, np.float32)
    matched = np.zeros(snapshot.size, bool)
    abbreviated = snapshot.holding("initials", fold(text).strip()) & visible
    typed = title_key(text)
    for reading in _readings(snapshot, text, visible):
        words = _words(reading)
        worth = _worths(snapshot, words, visible, count)
        matched = visible & np.all([each > 0 for each in worth], axis=0)
        if matched.any():
            scores = np.sum(worth, axis=0, dtype=np.float32)
            typed = title_key(reading)
            break
        if abbreviated.any():
            break
    for documents, share in snapshot.titles_with_prefix(typed, snapshot.size) if typed else ():
        scores[documents] += (TITLE_PREFIX + share).astype(np.float32)
        matched[documents] = visible[documents]
    scores[abbreviated] += INITIALS
    matched |= abbreviated
    if opened is not None:
        scores += OPENED * opened
    top = top_k(scores, snapshot.times, matched, 0, count)
    return [int(page) for page in snapshot.pages[top]]


def _readings(snapshot: Snapshot, text: str, visible: Mask) -> Iterator[str]:
    """Yield the text as typed, then split at separators, then corrected."""
    separated = _SIGNS.sub(" ", text)
    for reading in (text, separated):
        if _words(reading):
            yield reading
    if meant := Speller(snapshot, visible).correct(parse(separated)):
        yield meant.text


def _words(text: str) -> list[str]:
    typed = [word.strip(".,;:!?()[]\"'") for word in fold(text).split()]
    # The last word may be unfinished: "the" of "theme".
    words = [word for word in typed[:-1] if word and not is_stop_word(word)] + typed[-1:]
    words = [word for word in words if word][-MAX_SUGGESTION_WORDS:] or typed[:1]
    return words if any(words) else []


def has_page_with_all_words(snapshot: Snapshot, text: str, visible: Mask) -> bool:
    """Whether a visible page contains all words of a text."""
    found = visible
    whole = (term for word in tokenize(text) for term in word.terms if not term.is_part)
    for term in whole:
        found = found & snapshot.holding("content", term.text)
    return bool(found.any())


def _worths(
    snapshot: Snapshot, words: list[str], visible: Mask, count: int
) -> list[NDArray[np.float32]]:
    """For each word, how well each document matches it; (documents,).

    Infixes take longest, and are left out if enough titles and tags begin with the words.
    """
    worth = [_worth(snapshot, word, _prefix_matches) for word in words]
    begun = visible & np.all([each >= FIELD_WEIGHTS["tag"] for each in worth], axis=0)
    if np.count_nonzero(begun) >= count:
        return worth
    for known, word in zip(worth, words, strict=True):
        if len(word) >= MIN_INFIX_LETTERS:
            np.maximum(known, _worth(snapshot, word, _infix_matches), out=known)
    return worth


def _worth(snapshot: Snapshot, word: str, find: Find) -> NDArray[np.float32]:
    """How well each document matches a typed word, according to `find`; (documents,)."""
    worth = np.zeros(snapshot.size, np.float32)
    for arrays, base in snapshot.each_segment():
        part = worth[base : base + arrays.count]
        for field, weight in FIELD_WEIGHTS.items():
            for share, documents in find(arrays, field, word):
                part[documents] = np.maximum(part[documents], np.float32(weight * share))
    return worth


def _prefix_matches(arrays: SegmentArrays, field: str, word: str) -> Iterator[tuple[float, Array]]:
    """Yield the documents with a term in the field that equals or begins with `word`."""
    if beginning := arrays.prefix_range(field, word):
        yield PREFIX_MATCH, arrays.docs_in_range(beginning)
        if arrays.term(beginning.start) == word.encode():
            yield WHOLE_WORD, arrays.docs(beginning.start)


def _infix_matches(arrays: SegmentArrays, field: str, word: str) -> Iterator[tuple[float, Array]]:
    """Yield the documents with a term in the field that contains `word`."""
    text, ends = arrays.field_terms(field)
    wanted = word.encode()
    found = [match.start() for match in re.finditer(re.escape(wanted), text)]
    if not found:
        return
    places = np.array(found, np.int64)
    numbers = np.searchsorted(ends, places, side="right")
    # A match that spans two terms does not count.
    kept = numbers[places + len(wanted) <= ends[numbers]] + arrays.fields[field][0]
    yield INFIX_MATCH, arrays.docs_of(np.unique(kept))

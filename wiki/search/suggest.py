"""Pages for what a person has typed so far: words of titles, tags and headings, from their
beginning or from inside."""

import re

import numpy as np
from numpy.typing import NDArray

from wiki.search.arrays import SegmentArrays
from wiki.search.documents import title_key
from wiki.search.folding import fold
from wiki.search.snapshot import Snapshot

# What a word of a title counts, by how much of it was typed; tags and headings say less.
FIELDS = {"title": 1.0, "tag": 0.6, "heading": 0.3}
WHOLE, BEGINNING, INSIDE = 1.2, 1.0, 0.4
TITLE_BEGINNING = 2.0  # the title itself begins so
SHORTEST_INSIDE = 2  # letters; one is inside of everything
WORDS = 6  # that are looked at
TERMS = 300  # words of a field that one typed word may stand for


def suggest(snapshot: Snapshot, text: str, visible: NDArray[np.bool_], count: int = 8) -> list[int]:
    """The ids of the pages that are probably meant, best first."""
    typed = [word.strip(".,;:!?()[]\"'") for word in fold(text).split()]
    words = [word for word in typed if word][:WORDS]
    if not words:
        return []
    scores = np.zeros(snapshot.size, np.float32)
    matched = visible.copy()
    for word in words:
        worth = _worth(snapshot, word)
        matched &= worth > 0
        scores += worth
    for arrays, base in snapshot.each():
        for number in arrays.beginning("exact", title_key(text))[:TERMS]:
            documents = arrays.docs(number) + base
            scores[documents] += TITLE_BEGINNING
            matched[documents] = visible[documents]
    found = np.flatnonzero(matched)
    order = np.lexsort((-found, snapshot.times[found], scores[found]))[::-1][:count]
    return [int(page) for page in snapshot.pages[found[order]]]


def _worth(snapshot: Snapshot, word: str) -> NDArray[np.float32]:
    """By document, how well its words go with one that was typed."""
    worth = np.zeros(snapshot.size, np.float32)
    for arrays, base in snapshot.each():
        part = worth[base : base + arrays.count]
        for field, weight in FIELDS.items():
            for number, share in _terms(arrays, field, word):
                documents = arrays.docs(number)
                part[documents] = np.maximum(part[documents], np.float32(weight * share))
    return worth


def _terms(arrays: SegmentArrays, field: str, word: str) -> list[tuple[int, float]]:
    """The terms of a field that hold what was typed, with how well."""
    beginning = arrays.beginning(field, word)[:TERMS]
    found = dict.fromkeys(beginning, BEGINNING)
    whole = arrays.find(field, word)
    if whole >= 0:
        found[whole] = WHOLE
    if len(word) >= SHORTEST_INSIDE:
        for number in _inside(arrays, field, word.encode()):
            found.setdefault(number, INSIDE)
    return list(found.items())


def _inside(arrays: SegmentArrays, field: str, word: bytes) -> list[int]:
    text, ends = arrays.field_terms(field)
    starts = [match.start() for match in re.finditer(re.escape(word), text)]
    if not starts:
        return []
    places = np.array(starts)
    numbers = np.searchsorted(ends, places, side="right")
    # A find that reaches over the end of its term is none.
    kept = numbers[places + len(word) <= ends[numbers]]
    first = arrays.fields[field][0]
    return [first + int(number) for number in np.unique(kept)[:TERMS]]

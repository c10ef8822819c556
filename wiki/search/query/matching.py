"""Boolean matching: masks (documents,) of the documents that match an item of a query."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiki.search.analysis.analyzer import JOINED_PREFIX, Token, tokenize
from wiki.search.documents import TITLE_POSITIONS, label_key, path_filter_key
from wiki.search.index.segment_arrays import SegmentArrays
from wiki.search.index.snapshot import Snapshot
from wiki.search.query.model import Changed, Filter, InTitle, Item, Phrase, Prefix, Word

MAX_PHRASE_TERMS = 40  # words of a phrase that are compared; the rest is ignored
# If one array is so many times longer than the other, look up each number of the shorter one.
LOOKUP_RATIO = 8
_DOCUMENT = 32  # bits of a position; above them is the document
_LONGEST = 1 << 16  # more than any offset: no phrase begins before its document

Mask = NDArray[np.bool_]
Numbers = NDArray[np.signedinteger[Any]]
TermPosition = tuple[int, str]  # the offset of a term from the beginning of a phrase

_FIELDS = {
    "tag": "tag",
    "kind": "kind",
    "author": "author",
    "status": "status",
    "in": "path",
    "field": "field",
}


def item_mask(snapshot: Snapshot, item: Item, visible: Mask) -> Mask:
    """The mask of documents that match `item`, including deleted ones.

    Whether a more lenient reading is tried depends on the `visible` documents alone.
    """
    match item:
        case InTitle(inner):
            return _text_mask(snapshot, inner, visible, is_title=True)
        case Filter(field, value):
            key = path_filter_key(value) if field == "in" else label_key(value)
            return snapshot.holding(_FIELDS[field], key)
        case Changed(since, until):
            mask = np.ones(snapshot.size, bool)
            if since:
                mask &= snapshot.times >= int(since.timestamp())
            if until:
                mask &= snapshot.times < int(until.timestamp())
            return mask
        case _:
            return _text_mask(snapshot, item, visible, is_title=False)


def _text_mask(
    snapshot: Snapshot, item: Word | Phrase | Prefix, visible: Mask, *, is_title: bool
) -> Mask:
    if isinstance(item, Prefix):
        field = "title" if is_title else "word"
        return prefix_mask(snapshot, item.text, field)
    if isinstance(item, Phrase):
        places = phrase_terms(item.text)[:MAX_PHRASE_TERMS]
        return phrase_mask(snapshot, places, is_title=is_title)
    mask = np.ones(snapshot.size, bool)
    for found in tokenize(item.text):
        mask &= token_mask(snapshot, found, visible, is_title=is_title)
    return mask


def prefix_mask(snapshot: Snapshot, prefix: str, field: str = "word") -> Mask:
    """The documents with a word that has this prefix, ignoring separators, as in Wi-Fi."""
    mask = snapshot.holding_prefix(field, prefix)
    if field == "word":
        mask |= snapshot.holding_prefix("content", JOINED_PREFIX + prefix)
    return mask


def token_mask(snapshot: Snapshot, found: Token, visible: Mask, *, is_title: bool = False) -> Mask:
    """The documents that contain a token as typed, or with other separators between its parts.

    If no `visible` document does, those that contain its parts side by side.
    """
    whole = [(term.offset, term.text) for term in found.terms if not term.is_part]
    mask = phrase_mask(snapshot, whole, is_title=is_title)
    for variant in found.variants:
        mask |= term_mask(snapshot, variant, is_title=is_title)
    if len(found.parts) > 1 and not (mask & visible).any():
        places = [(term.offset, term.text) for term in found.parts]
        mask = phrase_mask(snapshot, places, is_title=is_title)
    return mask


def parts_mask(snapshot: Snapshot, found: Token) -> Mask:
    """The documents that contain all parts of a compound, anywhere."""
    mask = np.ones(snapshot.size, bool)
    for term in found.parts:
        mask &= snapshot.holding("content", term.text)
    return mask


def phrase_terms(text: str) -> list[TermPosition]:
    """The whole terms of a text with their offsets, in words."""
    places, place = [], 0
    for found in tokenize(text):
        places += [(place + t.offset, t.text) for t in found.terms if not t.is_part]
        place += found.width
    return places


def term_mask(snapshot: Snapshot, term: str, *, is_title: bool) -> Mask:
    """The documents that contain a term, anywhere or in the title."""
    return phrase_mask(snapshot, [(0, term)], is_title=is_title)


def phrase_mask(snapshot: Snapshot, places: list[TermPosition], *, is_title: bool) -> Mask:
    """The documents that contain all terms at these offsets from one another."""
    mask = np.zeros(snapshot.size, bool)
    if not places:
        return mask
    if len(places) == 1:
        for postings in snapshot.postings("content", places[0][1]):
            docs = postings.docs
            if is_title:
                docs = docs[postings.arrays.first_positions(postings.number) < TITLE_POSITIONS]
            mask[postings.span][docs] = True
        return mask
    found = [snapshot.postings("content", term) for _, term in places]
    for arrays, base in snapshot.each_segment():
        numbers = [
            next((postings.number for postings in per_segment if postings.arrays is arrays), -1)
            for per_segment in found
        ]
        if min(numbers) >= 0:
            offsets = [offset for offset, _ in places]
            docs = _aligned(arrays, list(zip(numbers, offsets, strict=True)), is_title=is_title)
            mask[base + docs] = True
    return mask


def _aligned(
    arrays: SegmentArrays,
    terms: list[tuple[int, int]],
    *,
    is_title: bool,
) -> Numbers:
    """The documents of a segment that contain the terms `(number, offset)` as a phrase."""
    terms = sorted(terms, key=lambda pair: arrays.frequency(pair[0]))
    docs: Numbers = arrays.docs(terms[0][0])
    for number, _ in terms[1:]:
        held = arrays.docs(number)
        docs = held[_places_among(docs, held, arrays.count)]
    begins = _begins(arrays, terms[0], docs)
    for term in terms[1:]:
        begins = _common(begins, _begins(arrays, term, docs))
        # Positions of the next word are read only where the words so far match.
        docs = _documents_of(begins)
    if is_title:
        begins = begins[(begins & (1 << _DOCUMENT) - 1) < TITLE_POSITIONS + _LONGEST]
    return _documents_of(begins)


def _begins(arrays: SegmentArrays, term: tuple[int, int], docs: Numbers) -> Numbers:
    """The places in `docs` where a phrase with the term `(number, offset)` would begin.

    Ascending numbers that combine document and position.
    """
    number, offset = term
    chosen = _places_among(docs, arrays.docs(number), arrays.count)
    owners, places = arrays.places(number, chosen)
    documents = docs[owners].astype(np.int64) << _DOCUMENT
    begins: Numbers = documents + (places - offset + _LONGEST)
    return begins


def _documents_of(begins: Numbers) -> Numbers:
    documents = begins >> _DOCUMENT
    found: Numbers = documents[np.diff(documents, prepend=-1) > 0]
    return found


def _places_among(few: Numbers, many: Numbers, count: int) -> Numbers:
    """The indexes in `many` of the numbers in both (each ascending, below `count`)."""
    if _are_few(few, many):
        places = np.minimum(np.searchsorted(many, few), len(many) - 1)
        found: Numbers = places[many[places] == few]
        return found
    is_few = np.zeros(count, bool)
    is_few[few] = True
    return np.flatnonzero(is_few.take(many))


def _common(few: Numbers, many: Numbers) -> Numbers:
    """The intersection of two ascending arrays."""
    if _are_few(few, many):
        places = np.minimum(np.searchsorted(many, few), len(many) - 1)
        found: Numbers = few[many[places] == few]
        return found
    both = np.concatenate((few, many))
    both.sort(kind="stable")  # two ascending runs: a merge
    found = both[:-1][both[1:] == both[:-1]]
    return found


def _are_few(few: Numbers, many: Numbers) -> bool:
    """Whether binary searches for each take less time than a pass over `many`."""
    return len(few) * LOOKUP_RATIO < len(many)

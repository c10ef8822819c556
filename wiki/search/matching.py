"""Which documents an item of a query holds for, as boolean arrays over all documents."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiki.search.analysis import chunks_of
from wiki.search.arrays import SegmentArrays
from wiki.search.documents import TITLE_ROOM, label_key, path_key
from wiki.search.query import Changed, Filter, InTitle, Item, Phrase, Prefix, Word
from wiki.search.snapshot import Snapshot

PHRASE_TERMS = 40  # words of a phrase that are compared; a longer one is a quotation

Mask = NDArray[np.bool_]
Place = tuple[int, str]  # where a term of a phrase stands, counted from the first

_FIELDS = {"tag": "tag", "kind": "kind", "author": "author", "status": "status", "in": "path"}


def mask_of(snapshot: Snapshot, item: Item) -> Mask:
    """The documents for which `item` holds, deleted ones included."""
    match item:
        case InTitle(inner):
            return _text_mask(snapshot, inner, is_title=True)
        case Filter(field, value):
            key = path_key(value) if field == "in" else label_key(value)
            return snapshot.holding(_FIELDS[field], key)
        case Changed(since, until):
            mask = np.ones(snapshot.size, bool)
            if since:
                mask &= snapshot.times >= int(since.timestamp())
            if until:
                mask &= snapshot.times < int(until.timestamp())
            return mask
        case _:
            return _text_mask(snapshot, item, is_title=False)


def _text_mask(snapshot: Snapshot, item: Word | Phrase | Prefix, *, is_title: bool) -> Mask:
    if isinstance(item, Prefix):
        field = "title" if is_title else "word"
        return snapshot.holding_beginning(field, item.text)
    if isinstance(item, Phrase):
        places = phrase_places(item.text)[:PHRASE_TERMS]
        return places_mask(snapshot, places, is_title=is_title)
    mask = np.ones(snapshot.size, bool)
    for found in chunks_of(item.text):
        whole = [(term.offset, term.text) for term in found.terms if not term.is_part]
        chunk_mask = places_mask(snapshot, whole, is_title=is_title)
        if not chunk_mask.any():
            # A compound that nobody writes so: its parts side by side.
            parts = [(term.offset, term.text) for term in found.terms if term.is_part]
            if parts:
                chunk_mask = places_mask(snapshot, parts, is_title=is_title)
        mask &= chunk_mask
    return mask


def phrase_places(text: str) -> list[Place]:
    """The whole terms of a text with where they stand."""
    places, place = [], 0
    for found in chunks_of(text):
        places += [(place + t.offset, t.text) for t in found.terms if not t.is_part]
        place += found.width
    return places


def phrase_mask(snapshot: Snapshot, term: str, *, is_title: bool) -> Mask:
    """The documents that hold a single term, anywhere or in the title."""
    return places_mask(snapshot, [(0, term)], is_title=is_title)


def places_mask(snapshot: Snapshot, places: list[Place], *, is_title: bool) -> Mask:
    """The documents in which all terms stand at these distances from each other."""
    mask = np.zeros(snapshot.size, bool)
    if not places:
        return mask
    if len(places) == 1:
        for spot in snapshot.spots("content", places[0][1]):
            docs = spot.docs
            if is_title:
                docs = docs[spot.arrays.first_places(spot.number) < TITLE_ROOM]
            mask[spot.span][docs] = True
        return mask
    found = [snapshot.spots("content", term) for _, term in places]
    for arrays, base in snapshot.each():
        numbers = [
            next((spot.number for spot in spots if spot.arrays is arrays), -1) for spots in found
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
) -> NDArray[Any]:
    """Of one segment, the documents that hold the terms `(number, offset)` in this order."""
    terms = sorted(terms, key=lambda pair: arrays.frequency(pair[0]))
    docs: NDArray[Any] = arrays.docs(terms[0][0])
    for number, _ in terms[1:]:
        docs = _common(docs, arrays.docs(number))
    if not len(docs):
        return docs
    begins: NDArray[np.int64] | None = None
    for number, offset in terms:
        owners, places = arrays.places(number, np.searchsorted(arrays.docs(number), docs))
        # One number for document and place: where the phrase would have to begin.
        keys = (owners << 32) + (places - offset + 2**16)
        begins = keys if begins is None else _common(begins, keys)
    if begins is None or not len(begins):
        return docs[:0]
    if is_title:
        begins = begins[(begins & (2**32 - 1)) < TITLE_ROOM + 2**16]
    return docs[np.unique(begins >> 32)]


def _common(few: NDArray[Any], many: NDArray[Any]) -> NDArray[Any]:
    """What is in both of two ascending arrays; quickest when the first is short."""
    if not len(few) or not len(many):
        return few[:0]
    places = np.minimum(np.searchsorted(many, few), len(many) - 1)
    kept: NDArray[Any] = few[many[places] == few]
    return kept

"""The postings of a segment as arrays in one file, mapped by every process that searches.

Segments and their files never change; the manifest says which documents are deleted.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wiki.search.documents import NAME_HASH_BYTES
from wiki.search.index.array_file import Array, ArrayFile

HEAD_BYTES = 8  # bytes of a term that are compared as a single number

Docs = NDArray[np.int32]
Floats = NDArray[np.float32]


def head_of(term: bytes) -> int:
    """The first bytes of a term as a number that sorts in the same order."""
    return int.from_bytes(term[:HEAD_BYTES].ljust(HEAD_BYTES, b"\0"), "big")


def _lengths(ends: Array, numbers: Array) -> Array:
    """The lengths of consecutive parts number `numbers`; `ends` are the ends of all parts."""
    return ends[numbers] - np.where(numbers > 0, ends[numbers - 1], 0)


class SegmentArrays(ArrayFile):
    """The arrays of one segment.

    `pages`, `revisions`, `lengths` (words) and `times` (seconds since 1970) have the shape
    (documents,).
    """

    def __init__(self, path: Path) -> None:
        self._own: dict[str, Array] = {}
        self._labels: dict[str, tuple[list[str], Array, Array]] = {}
        super().__init__(path)
        self.count = len(self.pages)

    def _read_arrays(self) -> None:
        self.pages = self._array("pages")
        self.revisions = self._array("revisions")
        self.lengths = self._array("lengths")
        self.times = self._array("times")
        self._term_ends = self._array("term_ends")
        self._post_ends = self._array("post_ends")
        # Reading single numbers is faster from Python objects than from NumPy arrays.
        self._term_heads = self._array("term_heads").data
        self._term_stops, self._post_stops = self._term_ends.data, self._post_ends.data
        self._docs = self._array("docs")
        self._weights = self._array("weights")
        self._place_ends = self._array("place_ends")
        self._place_stops = self._place_ends.data
        self._places_flat = self._array("places")
        self._forward_ends = self._array("forward_ends")
        self._forward_terms = self._array("forward_terms")
        self._forward_weights = self._array("forward_weights")
        place = self._places["term_bytes"]
        self._term_start = self._start + place[1]
        self._content = self.fields.get("content", (0, 0))
        first = self._content[0]
        self._content_posts = int(self._post_ends[first - 1]) if first else 0

    def term(self, number: int) -> bytes:
        """The term with this number, as UTF-8.

        Numbers follow the fields, and within a field the order of terms.
        """
        stops, start = self._term_stops, self._term_start
        first = stops[number - 1] if number else 0
        return self._map[start + first : start + stops[number]]

    def find(self, field: str, term: str) -> int:
        """The number of a term, -1 if the segment doesn't have it."""
        wanted = term.encode()
        low, high = self._term_range(field, wanted, wanted)
        number = bisect_left(range(low, high), wanted, key=self.term) + low
        return number if number < high and self.term(number) == wanted else -1

    def prefix_range(self, field: str, prefix: str) -> range:
        """The range of the numbers of the terms that begin with `prefix`."""
        begin = prefix.encode()
        low, high = self._term_range(field, begin, begin[:HEAD_BYTES].ljust(HEAD_BYTES, b"\xff"))
        if len(begin) > HEAD_BYTES:
            low = bisect_left(range(low, high), begin, key=self.term) + low
            high = bisect_left(range(low, high), begin + b"\xff", key=self.term) + low
        return range(low, high)

    def _term_range(self, field: str, least: bytes, most: bytes) -> tuple[int, int]:
        """The half-open range of a field's terms that begin with bytes from `least` to `most`."""
        first, last = self.fields.get(field, (0, 0))
        low = bisect_left(self._term_heads, head_of(least), first, last)
        return low, bisect_right(self._term_heads, head_of(most), low, last)

    def field_terms(self, field: str) -> tuple[bytes, Array]:
        """All terms of a field, concatenated, and the offset where each ends; (terms,)."""
        first, last = self.fields.get(field, (0, 0))
        if first == last:
            return b"", self._term_ends[:0]
        begin = int(self._term_ends[first - 1]) if first else 0
        ends = self._term_ends[first:last] - begin
        at = self._term_start + begin
        return self._map[at : at + int(ends[-1])], ends

    def hashes(self, numbers: range) -> Array:
        """The last eight bytes of terms of equal length, as numbers; (terms,)."""
        begin = self._term_stops[numbers.start - 1] if numbers.start else 0
        text = np.frombuffer(
            self._map,
            np.uint8,
            self._term_stops[numbers.stop - 1] - begin,
            self._term_start + begin,
        )
        ends = text.reshape(len(numbers), -1)[:, -NAME_HASH_BYTES:]
        return np.ascontiguousarray(ends).view(">u8").ravel().astype(np.uint64)

    @cached_property
    def own_hashes(self) -> Array:
        """The hashes of the names of all documents, ascending."""
        numbers = range(*self.fields.get("name_hash", (0, 0)))
        return self.hashes(numbers) if numbers else np.zeros(0, np.uint64)

    @cached_property
    def word_shapes(self) -> tuple[Array, Array, Array]:
        """For each word: its letters (bits of 32 classes), length in bytes, whether ASCII."""
        text, ends = self.field_terms("word")
        if not len(ends):
            return np.zeros(0, np.uint32), np.zeros(0, np.int64), np.zeros(0, bool)
        letters = np.frombuffer(text, np.uint8)
        bits = np.left_shift(np.uint32(1), letters & 31, dtype=np.uint32)
        starts = np.concatenate(([0], ends[:-1]))
        is_ascii = np.bitwise_or.reduceat(letters, starts) < 128
        return np.bitwise_or.reduceat(bits, starts), ends - starts, is_ascii

    def letters_of(self, numbers: Array) -> tuple[Array, Array]:
        """The concatenated bytes of terms, and for each byte the index of its term in `numbers`."""
        counts = self.term_lengths(numbers)
        begins = self._term_ends[numbers] - counts
        owners = np.repeat(np.arange(len(numbers)), counts)
        places = np.arange(len(owners)) + np.repeat(begins - (np.cumsum(counts) - counts), counts)
        return self._array("term_bytes").take(places), owners

    def last_terms(self, field: str) -> Array:
        """The number of each document's last term in `field`, (documents,); -1 without one.

        In the field `path`, the last term is the whole path.
        """
        known = self._own.get(field)
        if known is None:
            first, last = self.fields.get(field, (0, 0))
            known = np.full(self.count, -1)
            if first < last:
                numbers = np.arange(first, last)
                known[self.docs_of(numbers)] = np.repeat(numbers, self.frequencies(numbers))
            self._own[field] = known
        return known

    def labels(self, field: str) -> tuple[list[str], Array, Array]:
        """The terms of a small field, and parallel arrays of documents and term indexes."""
        known = self._labels.get(field)
        if known is None:
            first, last = self.fields.get(field, (0, 0))
            terms = [self.term(number).decode() for number in range(first, last)]
            begin = self._span(first)[0] if terms else 0
            end = self._span(last - 1)[1] if terms else 0
            counts = self.frequencies(np.arange(first, last))
            owners = np.repeat(np.arange(len(terms)), counts)
            known = self._labels[field] = (terms, self._docs[begin:end], owners)
        return known

    def _span(self, number: int) -> tuple[int, int]:
        stops = self._post_stops
        return (stops[number - 1] if number else 0), stops[number]

    def docs(self, number: int) -> Docs:
        """The documents that contain a term, ascending."""
        first, last = self._span(number)
        return self._docs[first:last]

    def docs_in_range(self, numbers: range) -> Docs:
        """The documents of consecutive terms, with repetitions."""
        return self._docs[self._span(numbers.start)[0] : self._span(numbers.stop - 1)[1]]

    def docs_of(self, numbers: Array) -> Array:
        """The documents of some terms, one term after the other, with repetitions."""
        lasts = self._post_ends[numbers]
        counts = self.frequencies(numbers)
        begins = lasts - counts
        total = int(counts.sum())
        places = np.arange(total) + np.repeat(begins - (np.cumsum(counts) - counts), counts)
        found: Array = self._docs[places]
        return found

    def frequency(self, number: int) -> int:
        """The number of documents that contain a term, including deleted ones."""
        first, last = self._span(number)
        return last - first

    def frequencies(self, numbers: Array) -> Array:
        """The number of documents that contain each term, including deleted ones; (terms,)."""
        return _lengths(self._post_ends, numbers)

    def frequencies_among(self, documents: NDArray[np.bool_]) -> Array:
        """For every term of the segment, how many of the masked documents contain it."""
        held = np.cumsum(documents.take(self._docs), dtype=np.int32)
        counts = np.zeros(len(self._post_ends) + 1, np.int32)
        counts[1:] = np.concatenate((counts[:1], held))[self._post_ends]
        return np.diff(counts)

    def term_lengths(self, numbers: Array) -> Array:
        """The lengths of terms in bytes; (terms,)."""
        return _lengths(self._term_ends, numbers)

    def weights(self, number: int) -> Floats:
        """Parallel to `docs`: the occurrences of a content term, weighted by field."""
        first, last = self._span(number)
        base = self._content_posts
        return self._weights[first - base : last - base]

    def places(self, number: int, chosen: Array) -> tuple[Array, Array]:
        """The positions of a content term in the `chosen` postings: arrays of posting, position."""
        return self.places_at(self._span(number)[0] - self._content_posts + chosen)

    def postings(self, numbers: Sequence[int]) -> tuple[Docs, Floats, list[int]]:
        """The concatenated documents and weights of content terms, and the count of each term."""
        spans, base = [self._span(number) for number in numbers], self._content_posts
        docs = np.concatenate([self._docs[first:last] for first, last in spans])
        weights = np.concatenate(
            [self._weights[first - base : last - base] for first, last in spans]
        )
        return docs, weights, [last - first for first, last in spans]

    def postings_in(self, numbers: Sequence[int], documents: Array) -> tuple[Array, Array, Array]:
        """The postings of content terms in `documents` (ascending), term by term.

        Three parallel arrays: index of the term, index of the document, number of the posting.
        """
        spans = [self._span(number) for number in numbers]
        counts = np.array([last - first for first, last in spans])
        docs = np.concatenate([self._docs[first:last] for first, last in spans])
        place = np.full(self.count, -1, np.int32)
        place[documents] = np.arange(len(documents))
        owners = place.take(docs)
        kept = np.flatnonzero(owners >= 0)
        whose = np.repeat(np.arange(len(spans)), counts)[kept]
        firsts = np.array([first for first, _ in spans]) - (np.cumsum(counts) - counts)
        return whose, owners[kept], firsts[whose] + kept - self._content_posts

    def places_at(self, postings: Array) -> tuple[Array, Array]:
        """The positions of postings: parallel arrays of index in `postings` and position."""
        ends = self._place_ends.take(postings).astype(np.int64)
        begins = np.where(postings > 0, self._place_ends.take(postings - 1, mode="clip"), 0)
        counts = ends - begins
        owners = np.repeat(np.arange(len(postings)), counts)
        firsts = np.repeat(ends - np.cumsum(counts), counts)
        return owners, self._places_flat.take(firsts + np.arange(len(owners))).astype(np.int64)

    def occurrences(self, number: int) -> int:
        """The occurrences of a content term in all documents."""
        first, last = (end - self._content_posts for end in self._span(number))
        return self._place_stops[last - 1] - (self._place_stops[first - 1] if first else 0)

    def occurrences_in(self, number: int, chosen: Array) -> int:
        """The occurrences of a content term in the `chosen` postings."""
        postings = self._span(number)[0] - self._content_posts + chosen
        return int(_lengths(self._place_ends, postings).sum())

    def first_positions(self, number: int) -> Array:
        """Parallel to `docs`: the first position of a content term."""
        first, last = (end - self._content_posts for end in self._span(number))
        begins = np.empty(last - first, np.int64)
        begins[1:] = self._place_ends[first : last - 1]
        begins[:1] = self._place_ends[first - 1] if first else 0
        return self._places_flat[begins]

    def terms_of(self, document: int) -> tuple[Array, Array]:
        """The numbers of a document's content terms, and their weights."""
        first = int(self._forward_ends[document - 1]) if document else 0
        last = int(self._forward_ends[document])
        return self._forward_terms[first:last], self._forward_weights[first:last]

"""Snapshots: an index as of one commit, which a search reads from beginning to end."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wiki.search.documents import link_prefix
from wiki.search.index.array_file import Damaged
from wiki.search.index.collection_statistics import idf, idfs, length_norms, residual_idf_factor
from wiki.search.index.manifest import Manifest
from wiki.search.index.segment_arrays import Docs, SegmentArrays

CACHED_TERMS = 20_000  # lookups; a few MB


_NO_LINKS = (np.zeros(0, np.intp), np.zeros(0, np.intp))


class TermPostings(NamedTuple):
    """A term in one segment: the segment's arrays, its first document, the number of the term."""

    arrays: SegmentArrays
    base: int
    number: int

    @property
    def docs(self) -> Docs:
        """The documents that contain the term, numbered within the segment."""
        return self.arrays.docs(self.number)

    @property
    def span(self) -> slice:
        """The segment's slice of arrays over all documents."""
        return slice(self.base, self.base + self.arrays.count)


class Labels(NamedTuple):
    """A field of few terms: the terms, and parallel arrays of documents and term indexes."""

    terms: list[str]
    documents: NDArray[np.int32]
    owners: NDArray[np.int32]


class Snapshot:
    """The segments of one manifest, and arrays over all of their documents. Immutable.

    The arrays have the shape (documents,). `live`: not deleted. `pages`, `times`: page id and last
    change (seconds since 1970). `norms`: the length normalisation of BM25. `counted`: the number of
    documents on which the statistics of terms are based.
    """

    def __init__(self, folder: Path, manifest: Manifest, former: "Snapshot | None" = None) -> None:
        known = {arrays.path: arrays for arrays in former.segments} if former else {}
        self.folder = folder
        self.position = manifest.position
        self.segments: list[SegmentArrays] = []
        self.bases: list[int] = []
        live: list[NDArray[np.bool_]] = []
        base = 0
        for entry in manifest.segments:
            path = folder / entry.arrays
            arrays = known.get(path) or SegmentArrays(path)
            if arrays.count != entry.count:
                raise Damaged(f"{entry.arrays}: another segment")
            self.segments.append(arrays)
            self.bases.append(base)
            live.append(~entry.deleted_mask())
            base += entry.count
        self.size = base  # number of documents, including deleted ones
        self.live = np.concatenate(live) if live else np.zeros(0, bool)
        self.pages = self._over_all("pages", np.int64)
        self.times = self._over_all("times", np.int64)
        lengths = self._over_all("lengths", np.float32)
        self.norms = length_norms(lengths, self.live)
        self.counted = self.size
        self._forget()
        self.audiences: dict[bytes, Snapshot] = {}
        self._links: dict[str, tuple[NDArray[np.intp], NDArray[np.intp]]] = {}
        self._labels: dict[str, Labels] = {}

    def _forget(self) -> None:
        """Clear the caches of lookups."""
        self._postings: dict[tuple[str, str], list[TermPostings]] = {}
        self._prefix_cache: dict[tuple[str, int], list[str]] = {}
        self._idfs: dict[str, float] = {}

    def _over_all(self, name: str, dtype: type) -> NDArray[Any]:
        parts = [getattr(arrays, name) for arrays in self.segments]
        return np.concatenate(parts).astype(dtype) if parts else np.zeros(0, dtype)

    def revisions(self) -> dict[int, int]:
        """The indexed revision by page id."""
        numbers = self._over_all("revisions", np.int64)[self.live]
        return dict(zip(self.pages[self.live].tolist(), numbers.tolist(), strict=True))

    def is_whole(self) -> bool:
        """Whether every mapped file still has its size."""
        return all(arrays.is_whole() for arrays in self.segments)

    def postings(self, field: str, term: str) -> list[TermPostings]:
        """The postings of a term, one entry for each segment that contains it."""
        key = (field, term)
        found = self._postings.get(key)
        if found is None:
            found = self._find(field, term)
            if len(self._postings) > CACHED_TERMS:
                self._postings = {}
            self._postings[key] = found
        return found

    def _find(self, field: str, term: str) -> list[TermPostings]:
        return [
            TermPostings(arrays, base, number)
            for arrays, base in self.each_segment()
            if (number := arrays.find(field, term)) >= 0
        ]

    def frequency(self, field: str, term: str, within: NDArray[np.bool_]) -> int:
        """The number of documents in the mask `within` that contain a term."""
        return sum(
            int(np.count_nonzero(within[postings.span][postings.docs]))
            for postings in self.postings(field, term)
        )

    def idf(self, term: str) -> float:
        """The inverse document frequency of a content term, times its residual IDF factor."""
        known = self._idfs.get(term)
        if known is None:
            if len(self._idfs) > CACHED_TERMS:
                self._idfs = {}
            counts = [self._occurrences(each) for each in self.postings("content", term)]
            frequency, occurrences = map(sum, zip(*counts, strict=True)) if counts else (0, 0)
            known = idf(self.counted, frequency)
            known *= residual_idf_factor(self.counted, frequency, occurrences)
            self._idfs[term] = known
        return known

    def _occurrences(self, postings: TermPostings) -> tuple[int, int]:
        """The number of a segment's documents with a content term, and of its occurrences."""
        arrays, number = postings.arrays, postings.number
        return arrays.frequency(number), arrays.occurrences(number)

    def idfs_in_segment(self, document: int, numbers: NDArray[Any]) -> NDArray[np.float32]:
        """The idf of terms of a document's segment, counted within the segment; (terms,)."""
        arrays, _ = self.locate(document)
        return idfs(arrays.count, arrays.frequencies(numbers))

    def holding(self, field: str, term: str) -> NDArray[np.bool_]:
        """The mask (documents,) of documents that contain a term."""
        mask = np.zeros(self.size, bool)
        for postings in self.postings(field, term):
            mask[postings.span][postings.docs] = True
        return mask

    def holding_prefix(self, field: str, prefix: str) -> NDArray[np.bool_]:
        """The mask (documents,) of documents that contain any term with a prefix."""
        mask = np.zeros(self.size, bool)
        for arrays, base in self.each_segment():
            if numbers := arrays.prefix_range(field, prefix):
                # All terms at once: a short prefix has many.
                held = np.bincount(arrays.docs_in_range(numbers), minlength=arrays.count)
                mask[base : base + arrays.count] = held > 0
        return mask

    def expand_prefix(self, prefix: str, limit: int) -> list[str]:
        """The `limit` most frequent words that begin with `prefix`."""
        key = (prefix, limit)
        known = self._prefix_cache.get(key)
        if known is None:
            if len(self._prefix_cache) > CACHED_TERMS // 10:
                self._prefix_cache = {}
            known = self._prefix_cache[key] = self._most_frequent_with(prefix, limit)
        return known

    def _most_frequent_with(self, prefix: str, limit: int) -> list[str]:
        counts: dict[str, int] = {}
        for arrays, base in self.each_segment():
            numbers = arrays.prefix_range("word", prefix)
            frequencies = self._frequencies(arrays, base, numbers)
            for place in np.argsort(-frequencies, kind="stable")[:limit].tolist():
                term = arrays.term(numbers.start + place).decode()
                counts[term] = counts.get(term, 0) + int(frequencies[place])
        ranked = sorted(filter(counts.get, counts), key=lambda term: (-counts[term], term))
        return ranked[:limit]

    def _frequencies(self, arrays: SegmentArrays, _base: int, numbers: range) -> NDArray[Any]:
        """The number of documents that contain each of some terms of a segment; (terms,)."""
        return arrays.frequencies(np.arange(numbers.start, numbers.stop))

    def postings_in(
        self, terms: Sequence[str], documents: NDArray[np.intp]
    ) -> Iterator[tuple[SegmentArrays, NDArray[Any], NDArray[Any], NDArray[Any]]]:
        """The postings of content terms in documents (ascending numbers), a segment at a time.

        Yields the arrays of a segment, then three parallel arrays over its postings: index of the
        term, index of the document, number of the posting. Ordered by term, then document.
        """
        per_segment = [
            (n, postings)
            for n, term in enumerate(terms)
            for postings in self.postings("content", term)
        ]
        for arrays, base in self.each_segment():
            low, high = np.searchsorted(documents, (base, base + arrays.count))
            here = [(n, postings.number) for n, postings in per_segment if postings.base == base]
            if low == high or not here:
                continue
            # All terms at once: the calls of NumPy take longer than the search.
            whose, owners, postings = arrays.postings_in(
                [number for _, number in here], documents[low:high] - base
            )
            yield arrays, np.array([n for n, _ in here])[whose], owners + low, postings

    def linked_with(
        self, term: str, sources: NDArray[np.bool_]
    ) -> tuple[NDArray[np.intp], NDArray[Any]]:
        """The documents (ascending) that `sources` link to with a term in the text of the link.

        The second array is the number of documents that do. Targets outside of the index are
        left out.
        """
        found = self._links.get(term)
        if found is None:
            if len(self._links) > CACHED_TERMS // 10:
                self._links = {}
            found = self._links[term] = self._links_with(term)
        targets, owners = found
        if not len(targets):
            return _NO_LINKS
        counts = np.bincount(targets, sources.take(owners), minlength=self.size)
        linked = np.flatnonzero(counts)
        return linked, counts[linked]

    def _links_with(self, term: str) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The links with a term in their text, as parallel arrays of targets and sources."""
        prefix = link_prefix(term)
        targets, owners = [], []
        for arrays, base in self.each_segment():
            if numbers := arrays.prefix_range("anchor", prefix):
                hashes = arrays.hashes(numbers)
                counts = arrays.frequencies(np.arange(numbers.start, numbers.stop))
                held = arrays.docs_in_range(numbers) + base
                firsts = np.cumsum(counts) - counts
                for link, documents in self._called(hashes):
                    # Each pair of a link and its target, for each page that contains the link.
                    times = counts[link]
                    targets.append(np.repeat(documents, times))
                    steps = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
                    owners.append(held[np.repeat(firsts[link], times) + steps])
        if not targets:
            return _NO_LINKS
        # A page that links to another by path and by title counts once.
        pairs = np.unique(np.concatenate(targets) * self.size + np.concatenate(owners))
        return np.divmod(pairs, self.size)

    def _called(
        self, hashes: NDArray[np.uint64]
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Yield, for each segment, parallel arrays: the index of a hash in `hashes`, and a document
        that has a name with this hash."""
        for arrays, base in self.each_segment():
            if len(own := arrays.own_hashes):
                places = np.searchsorted(own, hashes).clip(max=len(own) - 1)
                known = np.flatnonzero(own[places] == hashes)
                terms = places[known] + arrays.fields["name_hash"][0]
                if len(terms):
                    counts = arrays.frequencies(terms)
                    yield np.repeat(known, counts), arrays.docs_of(terms) + np.intp(base)

    def sum_by_name_hash(
        self, hashes: NDArray[np.uint64], numbers: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """For each document, the sum of the numbers of its names' hashes (`name_hash`)."""
        total = np.zeros(self.size, np.int64)
        for places, documents in self._called(hashes):
            np.add.at(total, documents, numbers[places])
        return total

    def labels(self, field: str) -> Labels:
        """The labels of a small field, over all segments."""
        known = self._labels.get(field)
        if known is None:
            known = self._labels[field] = self._join_labels(field)
        return known

    def _join_labels(self, field: str) -> Labels:
        numbers: dict[str, int] = {}
        documents, owners = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
        for arrays, base in self.each_segment():
            terms, held, whose = arrays.labels(field)
            own = [numbers.setdefault(term, len(numbers)) for term in terms]
            documents.append(held + np.int32(base))
            owners.append(np.array(own, np.int32)[whose])
        return Labels(list(numbers), np.concatenate(documents), np.concatenate(owners))

    def without(self, page_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """The mask (documents,) of live documents, without those of some pages."""
        return self.live & ~np.isin(self.pages, page_ids) if len(page_ids) else self.live

    def locate(self, document: int) -> tuple[SegmentArrays, int]:
        """The segment of a document, and the document's number in it."""
        place = bisect_right(self.bases, document) - 1
        return self.segments[place], document - self.bases[place]

    def last_term(self, field: str, document: int) -> str:
        """The last term of a document in a field; empty without one.

        In "exact" this is the whole title, in "path" the whole path.
        """
        arrays, place = self.locate(document)
        number = int(arrays.last_terms(field)[place])
        return arrays.term(number).decode() if number >= 0 else ""

    def titles_with_prefix(
        self, typed: str, limit: int
    ) -> Iterator[tuple[NDArray[np.int32], NDArray[np.float64]]]:
        """Yield documents with a name that begins with `typed`, and the share of the name typed.

        Segments in which more than `limit` names begin with it are left out.
        """
        for arrays, base in self.each_segment():
            for field in ("exact", "alias"):
                numbers = arrays.prefix_range(field, typed)
                if 0 < len(numbers) <= limit:
                    every = np.arange(numbers.start, numbers.stop)
                    lengths = np.repeat(arrays.term_lengths(every), arrays.frequencies(every))
                    yield arrays.docs_in_range(numbers) + base, len(typed.encode()) / lengths

    def each_segment(self) -> Iterator[tuple[SegmentArrays, int]]:
        """The segments, each with the number of its first document."""
        return zip(self.segments, self.bases, strict=True)

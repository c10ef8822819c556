"""Converts the Whoosh postings of a segment into the arrays that searches read."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.reading import SegmentReader

from wiki.search.index.array_file import write_arrays
from wiki.search.index.schema import POSITIONS
from wiki.search.index.segment_arrays import head_of

FLOAT16_MAX = float(np.finfo(np.float16).max)  # the largest number of two bytes


@dataclass(frozen=True, slots=True)
class _Postings:
    """All terms in order, and their postings; `…_ends` are the ends of each term's part.

    Positions and weights exist only for the field `content`.
    """

    fields: dict[str, tuple[int, int]]  # the range of each field's term numbers, half-open
    term_bytes: bytes
    term_ends: Any
    heads: Any
    post_ends: Any
    docs: Any
    weights: Any
    place_ends: Any
    places: Any


def export_postings(reader: SegmentReader, path: Path) -> None:
    """Write the arrays of the segment that `reader` reads to a new file at `path`."""
    facts = np.array(
        [reader.stored_fields(number)["facts"] for number in range(reader.doc_count_all())],
        np.int64,
    ).reshape(-1, 4)
    read = _decode(reader)
    content = read.fields.get("content", (0, 0))
    is_small = not len(read.places) or int(read.places.max()) < 2**16
    write_arrays(
        path,
        {
            "pages": facts[:, 0],
            "revisions": facts[:, 1].astype(np.int32),
            "lengths": facts[:, 2].astype(np.int32),
            "times": facts[:, 3],
            "term_bytes": np.frombuffer(read.term_bytes, np.uint8),
            "term_ends": read.term_ends,
            "term_heads": read.heads,
            "post_ends": read.post_ends,
            "docs": read.docs,
            "weights": read.weights,
            "place_ends": read.place_ends,
            "places": read.places.astype(np.uint16) if is_small else read.places,
            **_forward(len(facts), content, read.docs, read.post_ends, read.weights),
        },
        read.fields,
    )


def _decode(reader: SegmentReader) -> _Postings:
    term_bytes = bytearray()
    term_ends, post_ends, place_ends = array("q"), array("q"), array("q")
    heads = array("Q")
    docs, weights, places = array("i"), array("f"), array("i")
    fields: dict[str, tuple[int, int]] = {}
    decode = POSITIONS.decode_positions
    for number, (field, term) in enumerate(reader.all_terms()):
        fields[field] = (fields.get(field, (number, 0))[0], number + 1)
        is_content = field == "content"
        matcher = reader.postings(field, term)
        for ids, values, encoded in posting_blocks(matcher, with_values=is_content):
            docs.extend(ids)
            if is_content:
                weights.extend(values)
                for value in encoded:
                    places.extend(decode(value))
                    place_ends.append(len(places))
        term_bytes += term
        term_ends.append(len(term_bytes))
        heads.append(head_of(term))
        post_ends.append(len(docs))
    fields.pop("page", None)
    return _Postings(
        fields,
        bytes(term_bytes),
        np.array(term_ends, np.int64),
        np.array(heads),
        np.array(post_ends, np.int64),
        np.frombuffer(docs, np.int32) if docs else np.zeros(0, np.int32),
        np.array(weights, np.float32),
        np.array(place_ends, np.uint32),
        np.array(places, np.int32),
    )


def _forward(
    count: int, content: tuple[int, int], docs: Any, ends: Any, weights: Any
) -> dict[str, Any]:
    """The forward index: the content terms of each document."""
    first, last = content
    base = int(ends[first - 1]) if first else 0
    stop = int(ends[last - 1]) if last else 0
    counts = np.diff(ends[first:last], prepend=base)
    terms = np.repeat(np.arange(first, last, dtype=np.int32), counts)
    owners = docs[base:stop]
    order = np.argsort(owners, kind="stable")
    return {
        "forward_ends": np.cumsum(np.bincount(owners, minlength=count)).astype(np.int64),
        "forward_terms": terms[order],
        "forward_weights": np.minimum(weights[order], FLOAT16_MAX).astype(np.float16),
    }


def posting_blocks(
    matcher: Any, *, with_values: bool
) -> Iterator[tuple[Sequence[int], Sequence[float], Sequence[bytes]]]:
    """Yield a term's postings in blocks: documents, weights, encoded values.

    Uses private names of whoosh3 to read whole blocks, in a fraction of the time; a test compares
    the result with its public API.
    """
    while matcher.is_active():
        matcher._read_ids()
        if with_values:
            matcher._read_weights()
            matcher._read_values()
            yield matcher._ids, matcher._weights, matcher._values
        else:
            yield matcher._ids, (), ()
        matcher._next_block()

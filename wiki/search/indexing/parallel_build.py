"""Parallel rebuilds: separate processes each write a part of the index as a segment."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from flask import Flask

from wiki.database import db
from wiki.search.document_source import DocumentSource
from wiki.search.documents import Document
from wiki.search.index.segment_store import SegmentStore, build_segment
from wiki.search.indexing.segment_jobs import SegmentJob

MAX_PROCESSES = 4  # at most; each takes a processor and some 200 MB
MIN_PART_SIZE = 2_000  # documents; fewer are not worth starting a process
MAX_PART_SIZE = 15_000  # documents; a part is sorted in memory
LOAD_BATCH = 100  # pages loaded at a time
PAGES_FILE = "pages"  # the file that lists the page ids of a part
PROGRESS_FILE = "done"  # the file with the number of pages read so far


class BuildPart(SegmentJob):
    """A segment of some pages that is being built."""

    def __init__(self, app: Flask, store: SegmentStore, page_ids: Sequence[int]) -> None:
        super().__init__(store, ())
        self.page_ids = page_ids
        self._done = 0
        self.result.mkdir()
        (self.result / PAGES_FILE).write_text("\n".join(map(str, page_ids)))
        self.start("wiki", ["search", "build", str(self.result)], app)

    @property
    def done(self) -> int:
        """The number of its pages that have been read."""
        with suppress(FileNotFoundError, ValueError):  # empty while a new number is written
            self._done = int((self.result / PROGRESS_FILE).read_text())
        return self._done


def process_count() -> int:
    """How many parts are built at the same time."""
    return min(MAX_PROCESSES, os.cpu_count() or 1)


def divide(page_ids: Sequence[int], *, is_gradual: bool = False) -> list[Sequence[int]]:
    """Divide pages into parts, listed from the last to be built to the first.

    There are as few parts as keep all processes busy, since searches are faster with few segments.
    With `is_gradual`, the first part is small and each is twice as large as the one before, so that
    some pages can be found soon.
    """
    if is_gradual:
        return _growing_parts(page_ids)
    count = min(process_count(), -(-len(page_ids) // MIN_PART_SIZE))
    count = max(count, -(-len(page_ids) // MAX_PART_SIZE))
    size = -(-len(page_ids) // count) if count else 1
    return [page_ids[start : start + size] for start in range(0, len(page_ids), size)]


def _growing_parts(page_ids: Sequence[int]) -> list[Sequence[int]]:
    parts: list[Sequence[int]] = []
    start, size = 0, max(MIN_PART_SIZE // 4, 1)
    while start < len(page_ids):
        parts.append(page_ids[start : start + size])
        start, size = start + size, min(2 * size, MAX_PART_SIZE)
    return parts[::-1]


def build_part(source: DocumentSource, result: Path) -> None:
    """Write the pages that are listed in the folder `result` as one segment to this folder."""
    page_ids = [int(line) for line in (result / PAGES_FILE).read_text().split()]

    def documents() -> Iterator[Document]:
        for number, document in enumerate(documents_of(source, page_ids)):
            if not number % LOAD_BATCH:
                (result / PROGRESS_FILE).write_text(str(number))
            yield document

    build_segment(documents(), result)


def documents_of(source: DocumentSource, page_ids: Sequence[int]) -> Iterator[Document]:
    """Yield the documents of pages, loaded in batches, without an open transaction in between."""
    for start in range(0, len(page_ids), LOAD_BATCH):
        yield from source.load(page_ids[start : start + LOAD_BATCH]).values()
        db.session.rollback()

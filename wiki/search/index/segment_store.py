"""Writes an index: Whoosh commits, the arrays of each segment, and the manifest.

Only one process writes (`indexer.lock`). A commit writes Whoosh's table of contents, then the
arrays of the new segment, then the manifest. If the process is killed in between, the next one
finds Whoosh ahead of the manifest, writes the missing arrays and applies the same outbox entries
again, which is idempotent.
"""

import json
import logging
import secrets
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import index
from whoosh.reading import SegmentReader

from wiki.instance.durable import checksum, sync
from wiki.search.documents import Document
from wiki.search.index.array_file import Damaged
from wiki.search.index.manifest import (
    FORMAT,
    MANIFEST,
    Manifest,
    SegmentEntry,
    pack_mask,
    read_manifest,
    write_manifest,
)
from wiki.search.index.postings_export import export_postings
from wiki.search.index.schema import fields_of, schema
from wiki.search.index.segment_arrays import SegmentArrays
from wiki.search.position import Position

log = logging.getLogger(__name__)

ARRAYS = "arrays"
# Segments, not counting large ones; if there are more, some are merged in the background.
MAX_SEGMENTS = 12  # while pages are saved
MAX_SEGMENTS_IDLE = 4  # after a while without saves
# Documents; segments up to this size are merged whatever the sizes of the others.
ALWAYS_MERGED = 20
LARGE_SEGMENT = 10_000  # documents; copying so many takes a minute or two


class SegmentGone(Damaged):
    """A segment to be merged no longer exists: it was merged or has lost its last document."""


class SegmentStore:
    """An index that is open for writing."""

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`. Raises `Damaged`, or any error of Whoosh."""
        self.folder = folder
        self.manifest = read_manifest(folder)
        self._index = index.open_dir(str(folder))
        self._opened: dict[str, SegmentArrays] = {}
        # The pages that were saved while parts are being added to an index in use.
        self.renewed: set[int] | None = None
        self._publish(self.manifest.position)

    @classmethod
    def create(cls, root: Path, position: Position) -> "SegmentStore":
        """Create an empty index under `root`, with `position` as its position in the outbox."""
        folder = root / f"index-{FORMAT}-{secrets.token_hex(4)}"
        (folder / ARRAYS).mkdir(parents=True)
        index.create_in(str(folder), schema())
        write_manifest(folder, Manifest(FORMAT, 0, position, ()))
        return cls(folder)

    @property
    def position(self) -> Position:
        """The position in the outbox that the last commit has reached."""
        return self.manifest.position

    def is_intact(self) -> bool:
        """Whether all files exist and have their sizes."""
        return (
            (self.folder / MANIFEST).exists()
            and all(arrays.is_whole() for arrays in self._opened.values())
            and all(
                (self.folder / name).exists() for e in self.manifest.segments for name in e.files
            )
        )

    def revisions(self) -> dict[int, int]:
        """The indexed revision by page id."""
        found: dict[int, int] = {}
        for entry in self.manifest.segments:
            arrays, live = self._opened[entry.name], ~entry.deleted_mask()
            found.update(
                zip(arrays.pages[live].tolist(), arrays.revisions[live].tolist(), strict=True)
            )
        return found

    def apply(
        self, documents: Iterable[Document], gone: Collection[int], position: Position
    ) -> None:
        """Replace documents by these versions and remove the pages `gone`, in one commit."""
        prepared = {document.page_id: fields for document, fields in _with_fields(documents)}
        doomed = list(self._numbers_of(prepared.keys() | set(gone)))
        if self.renewed is not None:
            self.renewed.update(prepared, gone)
        if prepared or doomed:
            self._commit(prepared.values(), doomed)
        self._publish(position)

    def fill(self, documents: Iterable[Document], position: Position) -> None:
        """Add new documents, which are read one at a time, in one commit."""
        self._commit((fields for _, fields in _with_fields(documents)), ())
        self._publish(position)

    def _commit(self, rows: Iterable[dict[str, Any]], doomed: Iterable[int]) -> None:
        writer = self._index.writer(limitmb=64)
        try:
            for number in doomed:
                writer.delete_document(number)
            for fields in rows:
                writer.add_document(**fields)
        except BaseException:
            writer.cancel()
            raise
        # Whoosh merges thirty documents a second, so merges run in the background.
        writer.commit(mergetype=_all_but_empty)

    def _numbers_of(self, page_ids: set[int]) -> Iterable[int]:
        """Whoosh's numbers of the live documents of some pages."""
        if not page_ids:
            return
        wanted = np.fromiter(page_ids, np.int64)
        base = 0
        for entry in self.manifest.segments:
            found = np.isin(self._opened[entry.name].pages, wanted) & ~entry.deleted_mask()
            yield from (np.flatnonzero(found) + base).tolist()
            base += entry.count

    def _publish(self, position: Position) -> None:
        """Write the manifest from Whoosh's table of contents and `position`."""
        contents = _contents(self._index)
        known = {entry.name: entry for entry in self.manifest.segments}
        entries = []
        for segment in contents.segments:
            name = segment.segment_id()
            files = known[name].files if name in known else self._write_arrays(segment)
            deleted = np.zeros(segment.doc_count_all(), bool)
            deleted[list(segment.deleted_docs())] = True
            entries.append(
                SegmentEntry(
                    name, segment.doc_count_all(), _arrays_name(name), files, pack_mask(deleted)
                )
            )
        manifest = Manifest(FORMAT, contents.generation, position, tuple(entries))
        if manifest != self.manifest:
            write_manifest(self.folder, manifest)
        former, self.manifest = self.manifest, manifest
        self._opened = {
            entry.name: self._opened.get(entry.name) or SegmentArrays(self.folder / entry.arrays)
            for entry in entries
        }
        self._tidy(former)

    def _write_arrays(self, segment: Any) -> dict[str, str]:
        path = self.folder / _arrays_name(segment.segment_id())
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            _export(self._index, segment, path)
        return checksums(self.folder, segment.segment_id())

    def _tidy(self, former: Manifest) -> None:
        """Remove arrays that neither the manifest nor the `former` one lists."""
        kept = {entry.arrays for entry in (*self.manifest.segments, *former.segments)}
        for path in (self.folder / ARRAYS).iterdir():
            if f"{ARRAYS}/{path.name}" not in kept:
                path.unlink(missing_ok=True)

    def due_merge(self, most: int = MAX_SEGMENTS) -> list[str]:
        """The names of the segments to merge in the background; empty if there are at most `most`.

        The smallest ones, as long as the next is not larger than all before it together, so that
        a document is copied a logarithmic number of times. Large ones are never merged.
        """
        entries = sorted(self.manifest.segments, key=lambda entry: entry.count)
        wasteful = [
            e.name for e in entries if int(e.deleted_mask().sum()) * 3 > e.count > ALWAYS_MERGED
        ]
        entries = [entry for entry in entries if entry.count <= LARGE_SEGMENT]
        if len(entries) <= most:
            return wasteful
        chosen: list[str] = []
        total = 0
        for entry in entries:
            if len(chosen) > 1 and entry.count > max(total, ALWAYS_MERGED):
                break
            chosen.append(entry.name)
            total += entry.count
        return chosen

    def adopt(self, merged: Sequence[str], result: Path) -> None:
        """Replace the segments `merged` by the one in the folder `result`; without any, add it.

        Documents that were deleted from a source meanwhile are deleted from the new segment, by
        page: each page has at most one live document.
        """
        # A source that no longer exists had no documents left.
        sources = [entry for entry in self.manifest.segments if entry.name in merged]
        if merged and not sources:
            shutil.rmtree(result, ignore_errors=True)
            return
        outcome = json.loads((result / MANIFEST).read_text())
        name, count = outcome["name"], outcome["count"]
        if count:
            (result / _arrays_name(name)).replace(self.folder / _arrays_name(name))
            (result / f"{name}.seg").replace(self.folder / f"{name}.seg")
            sync(self.folder)
        segment = _contents(index.open_dir(str(result))).segments[0] if count else None
        if segment is not None:
            for number in self._dead(
                sources, SegmentArrays(self.folder / _arrays_name(name)).pages
            ):
                segment.delete_document(number)
        writer = self._index.writer()
        writer.commit(
            mergetype=lambda _, segments: (
                [s for s in segments if s.segment_id() not in merged]
                + ([segment] if segment is not None else [])
            )
        )
        self._publish(self.position)
        shutil.rmtree(result, ignore_errors=True)

    def _dead(self, sources: Sequence[SegmentEntry], pages: NDArray[np.int64]) -> list[int]:
        if not sources:  # a part of a new index
            return np.flatnonzero(np.isin(pages, list(self.renewed or ()))).tolist()
        live = [self._opened[entry.name].pages[~entry.deleted_mask()] for entry in sources]
        dead: list[int] = np.flatnonzero(~np.isin(pages, np.concatenate(live))).tolist()
        return dead


def _all_but_empty(_writer: Any, segments: list[Any]) -> list[Any]:
    """A merge policy for Whoosh: keep all segments, except those without live documents."""
    return [segment for segment in segments if segment.doc_count()]


def _with_fields(documents: Iterable[Document]) -> Iterator[tuple[Document, dict[str, Any]]]:
    """Yield documents with their fields; those that can't be analysed are logged and skipped."""
    for document in documents:
        try:
            yield document, fields_of(document)
        except (ValueError, LookupError, ArithmeticError):
            log.exception("page %s can't be indexed", document.page_id)


def checksums(folder: Path, name: str) -> dict[str, str]:
    """The SHA-256 of a segment's files by name; also syncs them to disk."""
    files = {}
    for file in (f"{name}.seg", _arrays_name(name)):
        sync(folder / file)
        files[file] = checksum(folder / file)
    return files


def _contents(opened: Any) -> Any:
    """Whoosh's table of contents (generation and segments); the only private name used here."""
    return opened._read_toc()


def _export(opened: Any, segment: Any, path: Path) -> None:
    """Write the arrays of a segment of an open index."""
    with closing(SegmentReader(opened.storage, opened.schema, segment)) as reader:
        export_postings(reader, path)


def _arrays_name(segment: str) -> str:
    return f"{ARRAYS}/{segment}"


def merge_segments(folder: Path, names: Collection[str], result: Path) -> None:
    """Write the live documents of the segments `names` in `folder` as one segment to `result`.

    Another process may commit meanwhile: segments never change. Raises `SegmentGone`.
    """
    source = index.open_dir(str(folder))
    contents = _contents(source)
    chosen = [segment for segment in contents.segments if segment.segment_id() in names]
    if len(chosen) != len(set(names)):
        raise SegmentGone

    def fill(writer: Any) -> None:
        for segment in chosen:
            with closing(SegmentReader(source.storage, contents.schema, segment)) as reader:
                writer.add_reader(reader)

    _write_segment(result, contents.schema, fill)


def build_segment(documents: Iterable[Document], result: Path) -> None:
    """Write documents as one segment to `result`."""

    def fill(writer: Any) -> None:
        for _, fields in _with_fields(documents):
            writer.add_document(**fields)

    _write_segment(result, schema(), fill)


def _write_segment(result: Path, fields: Any, fill: Callable[[Any], None]) -> None:
    (result / ARRAYS).mkdir(parents=True)
    target = index.create_in(str(result), fields)
    writer: Any = target.writer(limitmb=64)
    fill(writer)
    writer.commit(merge=False)
    name, count = "", 0
    for segment in _contents(target).segments:
        name, count = segment.segment_id(), segment.doc_count_all()
        _export(target, segment, result / _arrays_name(name))
        sync(result / f"{name}.seg")
    (result / MANIFEST).write_text(json.dumps({"name": name, "count": count}))

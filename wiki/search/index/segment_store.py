"""The writing side of an index: Whoosh commits, arrays beside each segment, the manifest.

One process writes (`indexer.lock`). The order of a commit is: Whoosh's table of contents, arrays of
the new segment, manifest. Killed in between, the next one finds Whoosh ahead of the manifest,
writes the arrays that are missing and applies the same outbox entries once more, which changes
nothing.
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
# Segments besides the large ones; if there are more, some are merged in the background.
MAX_SEGMENTS = 12  # while pages are saved
MAX_SEGMENTS_IDLE = 4  # when there were no saves for a while
ALWAYS_MERGED = 20  # documents; segments up to this size are merged regardless of the others' sizes
LARGE_SEGMENT = 10_000  # documents; copying so many takes a minute or two


class SegmentGone(Damaged):
    """A segment to be merged has lost its last document meanwhile, or was merged already."""


class SegmentStore:
    """An open index that is written to."""

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`. Raises `Damaged` or whatever Whoosh does."""
        self.folder = folder
        self.manifest = read_manifest(folder)
        self._index = index.open_dir(str(folder))
        self._opened: dict[str, SegmentArrays] = {}
        # While parts are added to an index that is in use: the pages that were saved meanwhile.
        self.renewed: set[int] | None = None
        self._publish(self.manifest.position)

    @classmethod
    def create(cls, root: Path, position: Position) -> "SegmentStore":
        """A new empty index under `root` that counts as having read the outbox up to `position`."""
        folder = root / f"index-{FORMAT}-{secrets.token_hex(4)}"
        (folder / ARRAYS).mkdir(parents=True)
        index.create_in(str(folder), schema())
        write_manifest(folder, Manifest(FORMAT, 0, position, ()))
        return cls(folder)

    @property
    def position(self) -> Position:
        """Up to where in the outbox the index holds everything, as of the last commit."""
        return self.manifest.position

    def is_standing(self) -> bool:
        """Whether all files are there and whole, as far as names and sizes tell."""
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
        """Add documents in place of their older versions and remove `gone`, in one commit."""
        prepared = {document.page_id: fields for document, fields in _with_fields(documents)}
        doomed = list(self._numbers_of(prepared.keys() | set(gone)))
        if self.renewed is not None:
            self.renewed.update(prepared, gone)
        if prepared or doomed:
            self._commit(prepared.values(), doomed)
        self._publish(position)

    def fill(self, documents: Iterable[Document], position: Position) -> None:
        """Add documents that aren't in the index yet, in one commit; reads them one at a time."""
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
        # Whoosh merges thirty documents a second: in the background, not while a save waits.
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
        """Remove arrays that neither this manifest nor the one before it names."""
        kept = {entry.arrays for entry in (*self.manifest.segments, *former.segments)}
        for path in (self.folder / ARRAYS).iterdir():
            if f"{ARRAYS}/{path.name}" not in kept:
                path.unlink(missing_ok=True)

    def due_merge(self, most: int = MAX_SEGMENTS) -> list[str]:
        """The segments that should become one in the background; empty when none should.

        The smallest ones, as long as the next is not larger than all before it together, so that
        a document is copied a logarithmic number of times. Large ones are left alone.
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
        """Put a segment that was written to the folder `result` in place of its sources; without
        any, it is a new part.

        What was deleted from a source meanwhile is deleted from the new segment, by page: each has
        at most one live document.
        """
        # A source that has disappeared had no documents left.
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
        if not sources:  # a new part
            return np.flatnonzero(np.isin(pages, list(self.renewed or ()))).tolist()
        live = [self._opened[entry.name].pages[~entry.deleted_mask()] for entry in sources]
        dead: list[int] = np.flatnonzero(~np.isin(pages, np.concatenate(live))).tolist()
        return dead


def _all_but_empty(_writer: Any, segments: list[Any]) -> list[Any]:
    """Whoosh's merge policy: every segment stays as it is, without those of deleted documents."""
    return [segment for segment in segments if segment.doc_count()]


def _with_fields(documents: Iterable[Document]) -> Iterator[tuple[Document, dict[str, Any]]]:
    """Documents with their fields; one that can't be analysed is logged and skipped."""
    for document in documents:
        try:
            yield document, fields_of(document)
        except (ValueError, LookupError, ArithmeticError):
            log.exception("page %s can't be indexed", document.page_id)


def checksums(folder: Path, name: str) -> dict[str, str]:
    """SHA-256 of a segment's files, which are flushed to disk."""
    files = {}
    for file in (f"{name}.seg", _arrays_name(name)):
        sync(folder / file)
        files[file] = checksum(folder / file)
    return files


def _contents(opened: Any) -> Any:
    """Whoosh's table of contents: its generation and segments. The only private name used here."""
    return opened._read_toc()


def _export(opened: Any, segment: Any, path: Path) -> None:
    """Write the arrays of a segment of an open index."""
    with closing(SegmentReader(opened.storage, opened.schema, segment)) as reader:
        export_postings(reader, path)


def _arrays_name(segment: str) -> str:
    return f"{ARRAYS}/{segment}"


def merge_segments(folder: Path, names: Collection[str], result: Path) -> None:
    """Write the live documents of some segments of `folder` as one segment to `result`.

    Works beside a process that commits: it only reads segments, which never change. Raises
    `SegmentGone`.
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

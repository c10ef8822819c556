"""Imports many pages in batches; after an interruption, a second run continues where the first
ended.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import islice

from sqlalchemy.orm import Session

from wiki.accounts.models import User
from wiki.database import db, write_transaction
from wiki.files.write import FileIdTaken
from wiki.hub.markdown_file import MarkdownPage, page_path
from wiki.hub.transfer.render_pool import PendingRenderings, RenderPool
from wiki.hub.transfer.sources import SourceEntry
from wiki.hub.trees.file_import import FileImporter
from wiki.hub.trees.link_rewriting import TextPart
from wiki.markup import render
from wiki.naming import NameRefused, path_key
from wiki.pages.errors import PageNotFound, TextTooLong
from wiki.pages.maintenance.transfer import PreparedPage, StoredPage, create_pages, stored_pages
from wiki.pages.models import Page
from wiki.pages.writing.conflicts import EditConflict
from wiki.pages.writing.content import Content, clean_content
from wiki.pages.writing.revision_store import add_redirects, load_content
from wiki.pages.writing.text_store import clean_text
from wiki.pages.writing.write import Edit, SaveResult, path_for, save_edit

PAGES_PER_TRANSACTION = 100  # pages per transaction
BATCHES_AHEAD = 2  # batches being rendered while one is written


@dataclass
class ImportStats:
    """The number of entries by outcome."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    bad: int = 0
    ignored: int = 0
    left_out: int = 0
    files: int = 0
    is_stopped: bool = False

    @property
    def done(self) -> int:
        return self.created + self.updated + self.unchanged + self.duplicates + self.bad


@dataclass(frozen=True, slots=True)
class ImportWarning:
    """A warning about an entry.

    `reason` is one of `SourceEntry`, one of `NameRefused` (such as `path-too-long` or
    `title-too-long`), `duplicate`, `twice`, `conflict`, `unknown-kind` (once per kind), or
    `front-matter-…` with a `FrontMatterProblem`. `detail` is the path or the kind in question.
    """

    origin: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _ReadEntry:
    """An entry in progress: its origin, its future path, and what it declares."""

    origin: str
    path: str
    source: MarkdownPage
    parts: tuple[TextPart, ...]


@dataclass
class _Batch:
    """New pages to be written."""

    new: list[tuple[_ReadEntry, Content]] = field(default_factory=list)
    rendering: PendingRenderings | None = None


class Importer:
    """One import. `report` is called with each warning, `progress` after each batch.

    `files` imports the files that the pages of a folder show.
    """

    def __init__(
        self,
        *,
        by: User | None,
        files: FileImporter,
        is_updating: bool = False,
        report: Callable[[ImportWarning], None],
        progress: Callable[[ImportStats], None] = lambda stats: None,
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.stats = ImportStats()
        self._by = by
        self._files = files
        self._is_updating = is_updating
        self._report = report
        self._progress = progress
        self._is_stopped = is_stopped
        self._unknown_kinds = set[str]()  # unknown kinds already reported
        self._origins: dict[str, str] = {}  # page key -> origin of the first entry in this run

    def run(self, entries: Iterable[SourceEntry]) -> ImportStats:
        """Import the entries; when asked to stop, finish the batch being written.

        Raises `StorageUnavailable`; what was written before stays, and a second run continues.
        """
        waiting: deque[_Batch] = deque()
        with RenderPool() as render_pool:
            for entries_ in _batched(entries, PAGES_PER_TRANSACTION):
                waiting.append(self._sort(entries_, render_pool))
                while len(waiting) > BATCHES_AHEAD and not self._stop():
                    self._write(waiting.popleft())
                if self._stop():
                    break
            while waiting and not self._stop():
                self._write(waiting.popleft())
        self.stats.files = self._files.count
        self.stats.ignored = max(self.stats.ignored - len(self._files.used), 0)
        return self.stats

    def _stop(self) -> bool:
        self.stats.is_stopped = self.stats.is_stopped or self._is_stopped()
        return self.stats.is_stopped

    def _sort(self, entries: list[SourceEntry], render_pool: RenderPool) -> _Batch:
        """Separate new pages from known ones; start rendering the former and update the latter."""
        found = [page for entry in entries if (page := self._read(entry))]
        stored = stored_pages([path_key(page.path) for page in found])
        batch = _Batch()
        for page in found:
            known = stored.get(path_key(page.path))
            source = self._with_files(page, known)
            if known is not None:
                self._meet(page.origin, page.path, source, known)
            elif content := self._clean(page.origin, source.content()):
                batch.new.append((page, content))
        tasks = [(content.text, page.path) for page, content in batch.new]
        batch.rendering = render_pool.start(tasks)
        return batch

    def _with_files(self, page: _ReadEntry, known: StoredPage | None = None) -> MarkdownPage:
        """The entry’s page, with the addresses of its files in the text."""
        if not page.parts:
            return page.source
        text = self._files.text_of(page.parts, page.path, known.page_id if known else None)
        return replace(page.source, text=text)

    def _read(self, entry: SourceEntry) -> _ReadEntry | None:
        source = entry.page
        if source is None:
            if entry.reason == "left-out":
                self.stats.left_out += 1
            elif entry.reason:
                self._refuse(entry.origin, entry.reason)
            else:
                self.stats.ignored += 1
            if entry.warning:
                self._report(ImportWarning(entry.origin, entry.warning))
            return None
        try:
            path = _path(source)
        except NameRefused as error:
            reason = "path-too-long" if error.reason == "too-long" else error.reason
            self._refuse(entry.origin, reason, source.path)
            return None
        if source.problem:
            self._report(ImportWarning(entry.origin, f"front-matter-{source.problem}", path))
        if source.unknown_kind and source.unknown_kind not in self._unknown_kinds:
            self._unknown_kinds.add(source.unknown_kind)
            self._report(ImportWarning(entry.origin, "unknown-kind", source.unknown_kind))
        if first := self._origins.get(path_key(path)):  # of a zip, even of the same name
            self.stats.duplicates += 1
            self._report(ImportWarning(entry.origin, "twice", f"{path} ({first})"))
            return None
        self._origins[path_key(path)] = entry.origin
        return _ReadEntry(entry.origin, path, source, entry.parts)

    def _meet(self, origin: str, path: str, source: MarkdownPage, known: StoredPage) -> None:
        """Handle an entry whose page already exists."""
        try:
            is_same = sha256(clean_text(source.text).encode()).hexdigest() == known.text_hash
        except TextTooLong:
            self._refuse(origin, "too-long", path)
            return
        if self._is_updating:
            self._update(origin, path, source, known)
        elif is_same:
            self.stats.unchanged += 1
        else:
            self.stats.duplicates += 1
            self._report(ImportWarning(origin, "duplicate", path))

    def _update(self, origin: str, path: str, source: MarkdownPage, known: StoredPage) -> None:
        before = load_content(db.session(), known.page_id, known.number)
        content = self._clean(origin, source.onto(before))
        if content is None:
            return
        with write_transaction() as session:
            self._files.store(session, path, known.page_id)
        try:
            saved = save_edit(
                known.page_id, Edit(content, known.number), by=self._by, action="import"
            )
        except (EditConflict, PageNotFound):
            self._refuse(origin, "conflict", path)
            return
        if saved.is_unchanged:
            self.stats.unchanged += 1
        else:
            self.stats.updated += 1

    def _clean(self, origin: str, content: Content) -> Content | None:
        try:
            return clean_content(content)
        except NameRefused as error:
            reason = "title-too-long" if error.reason == "too-long" else error.reason
            self._refuse(origin, reason, content.title)
        except TextTooLong:
            self._refuse(origin, "too-long", content.title)
        return None

    def _write(self, batch: _Batch) -> None:
        if batch.new and batch.rendering:
            renderings = batch.rendering.result(self._stop)
            if renderings is None:
                return
            pages = [
                PreparedPage(page.path, content, rendered)
                for (page, content), rendered in zip(batch.new, renderings, strict=True)
            ]
            for (page, _), saved in zip(batch.new, self._create(batch, pages), strict=True):
                if saved is None:
                    self.stats.duplicates += 1
                    self._report(ImportWarning(page.origin, "duplicate", page.path))
                else:
                    self.stats.created += 1
        self._progress(self.stats)

    def _create(self, batch: _Batch, pages: list[PreparedPage]) -> list[SaveResult | None]:
        read = {page.path: page for page, _ in batch.new}

        def begin(session: Session) -> None:
            self._files.check(session, read)

        def along(session: Session, page: Page) -> None:
            self._files.store(session, page.path, page.id)
            add_redirects(session, page, read[page.path].source.former_paths)

        while True:
            try:
                return create_pages(pages, by=self._by, begin=begin, along=along)
            except FileIdTaken:  # somebody uploaded a file in the meantime
                pages = [self._prepared_again(page, content) for page, content in batch.new]

    def _prepared_again(self, page: _ReadEntry, content: Content) -> PreparedPage:
        content = replace(content, text=clean_text(self._with_files(page).text))
        return PreparedPage(page.path, content, render(content.text, path=page.path))

    def _refuse(self, origin: str, reason: str, detail: str = "") -> None:
        self.stats.bad += 1
        self._report(ImportWarning(origin, reason, detail))


def _path(source: MarkdownPage) -> str:
    """The page’s path; a row may leave it to be derived from the title."""
    if source.path.strip():
        return page_path(source)
    return path_for(source.title or "", source.kind or "")


def _batched(entries: Iterable[SourceEntry], size: int) -> Iterator[list[SourceEntry]]:
    iterator = iter(entries)
    while batch := list(islice(iterator, size)):
        yield batch

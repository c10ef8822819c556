"""Many pages in, in batches; stopped at any time, a second run goes on where the first was."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice

from wiki.accounts.models import User
from wiki.extensions import db
from wiki.hub.markdownfile import PageSource
from wiki.hub.renderers import Renderers, Rendering
from wiki.hub.sources import Entry
from wiki.markup.names import NameRefused, clean_path, key_of, slug_of
from wiki.pages.bulk import PreparedPage, create_many
from wiki.pages.conflicts import EditConflict
from wiki.pages.content import Content, clean_content
from wiki.pages.errors import PageNotFound, TextTooLong
from wiki.pages.store import content_of
from wiki.pages.texts import clean_text
from wiki.pages.transfer import Stored, stored_at
from wiki.pages.write import Edit, path_for, revise

BATCH = 100  # pages a transaction
AHEAD = 2  # batches that are rendered while one is written


@dataclass
class Tally:
    """What became of the entries, in numbers."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    bad: int = 0
    ignored: int = 0
    is_stopped: bool = False

    @property
    def done(self) -> int:
        return self.created + self.updated + self.unchanged + self.duplicates + self.bad


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to tell about an entry: a `reason` of `Entry`, of `NameRefused`, or `duplicate`,
    `twice`, `conflict`, or `front-matter-…` with a `Problem`. `detail` is the path it is about."""

    origin: str
    reason: str
    detail: str = ""


@dataclass
class _Batch:
    """New pages on their way to the store, and where each came from."""

    new: list[tuple[str, str, Content]] = field(default_factory=list)  # origin, path, content
    rendering: Rendering | None = None


class Importer:
    """One import. `tell` is called with each remark, `progress` after each batch."""

    def __init__(
        self,
        *,
        by: User | None,
        is_updating: bool = False,
        tell: Callable[[Remark], None],
        progress: Callable[[Tally], None] = lambda tally: None,
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.tally = Tally()
        self._by = by
        self._is_updating = is_updating
        self._tell = tell
        self._progress = progress
        self._is_stopped = is_stopped
        self._origins: dict[str, str] = {}  # key -> where this run has found it first

    def run(self, entries: Iterable[Entry]) -> Tally:
        """Import the entries; stops after the batch that is being written when asked to.

        Raises `StorageUnavailable`; what was written before stays, and a second run goes on.
        """
        waiting: deque[_Batch] = deque()
        with Renderers() as renderers:
            for entries_ in _batched(entries, BATCH):
                waiting.append(self._sort(entries_, renderers))
                while len(waiting) > AHEAD and not self._stop():
                    self._write(waiting.popleft())
                if self._stop():
                    break
            while waiting and not self._stop():
                self._write(waiting.popleft())
        return self.tally

    def _stop(self) -> bool:
        self.tally.is_stopped = self.tally.is_stopped or self._is_stopped()
        return self.tally.is_stopped

    def _sort(self, entries: list[Entry], renderers: Renderers) -> _Batch:
        """Tell new pages from known ones; start rendering the new ones, update the others."""
        found = [page for entry in entries if (page := self._read(entry))]
        stored = stored_at([key_of(path) for _, path, _ in found])
        batch = _Batch()
        for origin, path, source in found:
            known = stored.get(key_of(path))
            if known is not None:
                self._meet(origin, path, source, known)
            elif content := self._clean(origin, source.content()):
                batch.new.append((origin, path, content))
        batch.rendering = renderers.start([(content.text, path) for _, path, content in batch.new])
        return batch

    def _read(self, entry: Entry) -> tuple[str, str, PageSource] | None:
        source = entry.page
        if source is None:
            if entry.reason:
                self._refuse(entry.origin, entry.reason)
            else:
                self.tally.ignored += 1
            return None
        try:
            path = _path(source)
        except NameRefused as error:
            self._refuse(entry.origin, error.reason, source.path)
            return None
        if source.problem:
            self._tell(Remark(entry.origin, f"front-matter-{source.problem}", path))
        first = self._origins.setdefault(key_of(path), entry.origin)
        if first != entry.origin:
            self.tally.duplicates += 1
            self._tell(Remark(entry.origin, "twice", f"{path} ({first})"))
            return None
        return entry.origin, path, source

    def _meet(self, origin: str, path: str, source: PageSource, known: Stored) -> None:
        """An entry whose page is there already."""
        try:
            is_same = sha256(clean_text(source.text).encode()).hexdigest() == known.text_hash
        except TextTooLong:
            self._refuse(origin, "too-long", path)
            return
        if self._is_updating:
            self._update(origin, path, source, known)
        elif is_same:
            self.tally.unchanged += 1
        else:
            self.tally.duplicates += 1
            self._tell(Remark(origin, "duplicate", path))

    def _update(self, origin: str, path: str, source: PageSource, known: Stored) -> None:
        before = content_of(db.session(), known.page_id, known.number)
        content = self._clean(origin, source.onto(before))
        if content is None:
            return
        try:
            saved = revise(known.page_id, Edit(content, known.number), by=self._by, action="import")
        except (EditConflict, PageNotFound):
            self._refuse(origin, "conflict", path)
            return
        if saved.is_unchanged:
            self.tally.unchanged += 1
        else:
            self.tally.updated += 1

    def _clean(self, origin: str, content: Content) -> Content | None:
        try:
            return clean_content(content)
        except NameRefused as error:
            self._refuse(origin, error.reason, content.title)
        except TextTooLong:
            self._refuse(origin, "too-long", content.title)
        return None

    def _write(self, batch: _Batch) -> None:
        if batch.new and batch.rendering:
            renderings = batch.rendering.result(self._stop)
            if renderings is None:
                return
            pages = [
                PreparedPage(path, content, rendered)
                for (_, path, content), rendered in zip(batch.new, renderings, strict=True)
            ]
            results = create_many(pages, by=self._by)
            for (origin, path, _), saved in zip(batch.new, results, strict=True):
                if saved is None:
                    self.tally.duplicates += 1
                    self._tell(Remark(origin, "duplicate", path))
                else:
                    self.tally.created += 1
        self._progress(self.tally)

    def _refuse(self, origin: str, reason: str, detail: str = "") -> None:
        self.tally.bad += 1
        self._tell(Remark(origin, reason, detail))


def _path(source: PageSource) -> str:
    """The page's path; a file's name that no path can be is made into one."""
    try:
        return path_for(source.title or "", source.kind or "", source.path)
    except NameRefused as error:
        if error.reason != "character":
            raise
    return clean_path("/".join(slug_of(part) for part in source.path.split("/")))


def _batched(entries: Iterable[Entry], size: int) -> Iterator[list[Entry]]:
    iterator = iter(entries)
    while batch := list(islice(iterator, size)):
        yield batch

"""Turns commits into revisions, in batches; a second run continues where the first one ended."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dulwich.objects import ObjectID
from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.accounts.models import User
from wiki.database import db, in_batches
from wiki.files.errors import FileRefused
from wiki.files.write import FileIdTaken, replace_content
from wiki.git.history.authors import AuthorMatcher
from wiki.git.history.commit_tree import CommitTree, is_hidden_file, name_of
from wiki.git.history.commits import CommitChanges, CommitFileChange, CommitLog, is_plain
from wiki.git.history.current_pages import CurrentPages, merge_base, paths_of_file
from wiki.git.history.import_record import (
    NO_PARTIAL_COMMIT,
    ImportedPage,
    ImportRecord,
    PageKey,
    PartialCommit,
    find_import,
)
from wiki.git.history.pending_revisions import HistoryStats, PendingRevision, Prepared
from wiki.git.history.reordering import pages_to_move
from wiki.git.models import NAME_LIMIT
from wiki.hub.markdown_file import is_page_file, page_path
from wiki.hub.transfer.render_pool import RenderPool
from wiki.hub.trees.archive_reader import Unreadable
from wiki.hub.trees.file_import import FileImporter, ReportProblem
from wiki.hub.trees.link_rewriting import parts_of
from wiki.naming import NameRefused
from wiki.pages.errors import TextTooLong
from wiki.pages.maintenance.past_revisions import (
    HistoryChanged,
    PastRevision,
    write_past_revisions,
)
from wiki.pages.models import Page
from wiki.pages.writing.content import Content, clean_content, merge_contents
from wiki.pages.writing.derived_data import derive
from wiki.pages.writing.revision_store import Provenance

REVISIONS_PER_TRANSACTION = 100
ATTEMPTS = 5  # to write a batch whose pages are being edited


class HistoryImporter:
    """One import. `report` is called with each file that can’t be imported, and the reason.

    The reason is a code: one of `Unreadable`, one of `NameRefused` as in imports of folders,
    `name-not-utf8`, `exists` (the page comes from elsewhere), `diverged` (also changed here, in
    the same place), `edited` (changed here, deleted in the repository), `gone` (deleted here),
    `renamed` (also renamed here), or `path-kept`. `progress` is called with the number of
    commits done.
    """

    def __init__(
        self,
        log: CommitLog,
        record: ImportRecord,
        tip: ObjectID,
        *,
        by: User | None,
        report: ReportProblem,
        progress: Callable[[int], None] = lambda done: None,
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.stats = HistoryStats()
        self._log = log
        self._record = record
        self._tip = tip
        self._by = by.id if by else None
        self._progress = progress
        self._is_stopped = is_stopped
        self._report = report
        self._authors = AuthorMatcher()
        self._tree = CommitTree(log)
        self._files = FileImporter(self._tree, by=by, report=self._refuse, followed=record.files)
        self._batch: list[PendingRevision] = []
        self._reported: set[str] = set()  # names already reported

    def run(self, imported: list[ObjectID], new: list[ObjectID]) -> HistoryStats:
        """Import the commits `new`, which follow the commits `imported` earlier.

        Raises `StorageUnavailable`, `StoreUnavailable`; what was written before stays.
        """
        for _ in self._log.read(imported):
            pass
        last = self._record.done
        is_again = bool(last)
        with RenderPool() as pool:
            for commit in self._log.read(new):
                self._read(commit, pool, last)
                last = commit.id
                self.stats.commits += 1
                if len(self._batch) >= REVISIONS_PER_TRANSACTION:
                    self._flush(pool, last)
                    self._progress(self.stats.commits)
                if self._should_stop():
                    break
            if not self.stats.is_stopped and last != self._record.done:
                self._flush(pool, last)
            if is_again and new and not self.stats.is_stopped:
                for name, page, blob in pages_to_move(self._tree, self._record):
                    self._add(PendingRevision(page, page.key or 0, name, commit), blob, blob)
                self._flush(pool, last)
        self.stats.files = self._files.count
        return self.stats

    def _should_stop(self) -> bool:
        self.stats.is_stopped = self.stats.is_stopped or self._is_stopped()
        return self.stats.is_stopped

    def _refuse(self, place: str, reason: str | FileRefused) -> None:
        self.stats.refused += 1
        self._report(place, reason)

    def _read(self, commit: CommitChanges, pool: RenderPool, last: str) -> None:
        """Add the changes of a commit, which follows the commit `last`, to the batch.

        A commit that only adds and edits files may be written in parts, since a first one is
        often large.
        """
        if any(change.former or not (change.before and change.blob) for change in commit.changes):
            self._tree.names_changed()
        named = [(change, self._name(change)) for change in commit.changes]
        kept = [(change, name) for change, name in named if name is not None]
        done = self._record.changes_done(commit.id)
        for change, name in () if done else kept:
            former = name_of(change.former) if change.former else None
            if change.blob and (self._is_used(name) or self._is_used(former)):
                self._flush(pool, last)
                if self._should_stop():
                    return
                self._change_file(change, former, name)
        has_parts = all(change.blob and not change.former for change in commit.changes)
        # Renamed files first: another file may now have a former name.
        ordered = sorted(kept, key=lambda pair: pair[0].former is None)
        for number, (change, name) in enumerate(ordered[done:], done + 1):
            self._read_change(commit, change, name)
            is_last = number == len(ordered)  # then the commit is complete
            if has_parts and not is_last and len(self._batch) >= REVISIONS_PER_TRANSACTION:
                self._flush(pool, last, PartialCommit(commit.id, number))
                if self._should_stop():
                    return

    def _name(self, change: CommitFileChange) -> str | None:
        """The name of a file, or `None` if it doesn’t matter."""
        name = name_of(change.name)
        if name is None:
            self._refuse_once(ascii(change.name), "name-not-utf8")
        elif change.blob and not is_plain(change.mode):
            self._refuse_once(name, "link")
            return None
        elif len(name) > NAME_LIMIT:
            self._refuse_once(name, "path-too-long")
            return None
        return None if name is None or is_hidden_file(name) else name

    def _refuse_once(self, name: str, reason: str) -> None:
        if name not in self._reported:
            self._reported.add(name)
            self._refuse(name, reason)

    def _is_used(self, name: str | None) -> bool:
        return name in self._record.files or name in self._files.used

    def _change_file(self, change: CommitFileChange, former: str | None, name: str) -> None:
        """Follow a file used by pages to its new name or content."""
        self._files.forget(name)
        if former is not None:
            self._files.forget(former)
            self._record.rename_file(former, name)
        if change.blob != change.before and name in self._record.files:
            self._replace_file(name)

    def _replace_file(self, name: str) -> None:
        base = name.rpartition("/")[2]
        try:
            with self._tree.open(name) as content:
                replace_content(self._record.files[name], content, base, by=self._by)
        except Unreadable as error:
            self._refuse(name, error.reason)
        except FileRefused as error:
            self._refuse(name, error)
        except LookupError:
            self._refuse(name, "absent")

    def _read_change(self, commit: CommitChanges, change: CommitFileChange, name: str) -> None:
        former = name_of(change.former) if change.former else None
        if former and is_page_file(former):
            if is_page_file(name):
                self._record.rename(former, name)
            else:
                self._delete(commit, former)
        if not is_page_file(name):
            return
        if change.blob is None:
            self._delete(commit, name)
            return
        page = self._record.pages.get(name)
        if page is None:
            page = ImportedPage(f"{name} {commit.id}")
            self._record.set_page(name, page)
        if page.key is not None:
            entry = PendingRevision(page, page.key, name, commit)
            self._add(entry, change.blob, change.before, former)

    def _delete(self, commit: CommitChanges, name: str) -> None:
        page = self._record.pages.get(name)
        if page is not None and page.key is not None:
            self._batch.append(PendingRevision(page, page.key, name, commit))

    def _add(
        self,
        entry: PendingRevision,
        blob: ObjectID,
        before: ObjectID | None,
        former: str | None = None,
    ) -> None:
        name, key, layout = entry.name, entry.key, self._tree.layout
        try:
            entry.source = self._tree.source(name, blob)
            entry.path = page_path(entry.source)
            entry.parts = parts_of(entry.source, name, layout)
            entry.text = self._text(entry)
            if before and isinstance(key, int):
                was = self._tree.source(name, before)
                entry.former_paths = paths_of_file(was, name, former or name, layout)
                parts = parts_of(was, name, layout)
                text = self._files.text_of(parts, str(key), key)
                entry.before = clean_content(replace(was, text=text).content())
        except Unreadable as error:
            self._refuse(entry.place, error.reason)
        except NameRefused as error:
            reason = "path-too-long" if error.reason == "too-long" else error.reason
            self._refuse(entry.place, reason)
        except TextTooLong:
            self._refuse(entry.place, "too-long")
        else:
            self._batch.append(entry)

    def _text(self, entry: PendingRevision) -> str:
        page_id = entry.key if isinstance(entry.key, int) else None
        return self._files.text_of(entry.parts, str(entry.key), page_id)

    def _flush(self, pool: RenderPool, done: str, part: PartialCommit = NO_PARTIAL_COMMIT) -> None:
        """Write the batch up to the commit `done`, and a `part` of the next one."""
        if self._should_stop() or not (done or part.number):
            return
        for attempt in range(ATTEMPTS):
            prepared = self._prepare(pool)
            if prepared is None:
                return
            try:
                self._write(prepared, done, part)
                break
            except FileIdTaken:  # somebody uploaded a file in the meantime
                for entry in self._batch:
                    entry.text = self._text(entry) if entry.source else ""
            except HistoryChanged:
                if attempt == ATTEMPTS - 1:
                    raise
        self._batch.clear()

    def _prepare(self, pool: RenderPool) -> Prepared | None:
        prepared = Prepared(list(self._contents()))
        last = {
            each.page: number
            for number, each in enumerate(prepared.revisions)
            if each.content is not None
        }
        revisions = [prepared.revisions[number] for number in last.values()]
        tasks = [(each.content.text, each.path) for each in revisions if each.content]
        renderings = pool.start(tasks).result(self._should_stop)
        if renderings is None:
            return None
        for number, rendered in zip(last.values(), renderings, strict=True):
            revision = prepared.revisions[number]
            prepared.revisions[number] = replace(revision, derived=derive(rendered))
        return self._with_numbers(prepared)

    def _with_numbers(self, prepared: Prepared) -> Prepared:
        ids = {each.page for each in prepared.revisions if isinstance(each.page, int)}
        query = select(Page.id, Page.revision_count)
        for some in in_batches(ids):
            rows = db.session.execute(query.where(Page.id.in_(some)))
            prepared.onto.update({row.id: row.revision_count for row in rows})
        return prepared

    def _contents(self) -> Iterator[PastRevision]:
        pages = CurrentPages(self._batch)
        for entry in self._batch:
            here = pages.changed.get(entry.key)
            if isinstance(here, str):
                if entry.source is not None:
                    self._refuse_once(entry.name, here)
                continue
            content = self._content(entry)
            if entry.source is not None and content is None:
                continue
            if here is not None:
                content = self._merged(entry, content, here)
                if content is None:
                    continue
                pages.changed[entry.key] = content
            path, is_kept = pages.place(entry)
            if is_kept:
                self._refuse_once(entry.place, "renamed")
            pages.passed(entry, path)
            author_id, author_name = self._authors.match(entry.commit)
            yield PastRevision(
                entry.key,
                entry.commit.id,
                path,
                content,
                Provenance(entry.commit.at, author_id, author_name),
                entry.commit.subject,
            )

    def _merged(
        self, entry: PendingRevision, content: Content | None, here: Content
    ) -> Content | None:
        """The content that a commit leads to for a page that was changed here; `None` to leave it
        out.
        """
        if content is None:
            self._refuse(entry.place, "edited")
            return None
        merged, merge = merge_contents(merge_base(entry), content, here)
        if merge.is_clean:
            return merged
        self._refuse(entry.place, "diverged")
        return None

    def _content(self, entry: PendingRevision) -> Content | None:
        if entry.source is None:
            return None
        try:
            return clean_content(replace(entry.source, text=entry.text).content())
        except NameRefused as error:
            reason = "title-too-long" if error.reason == "too-long" else error.reason
            self._refuse(entry.place, reason)
        except TextTooLong:
            self._refuse(entry.place, "too-long")
        return None

    def _write(self, prepared: Prepared, done: str, part: PartialCommit) -> None:
        tip, record, keys = self._tip, self._record, {str(entry.key) for entry in self._batch}
        by_key = {entry.key: entry.page for entry in self._batch}
        before = {id(page): replace(page) for page in by_key.values()}

        def begin(session: Session) -> None:
            self._files.check(session, keys)

        def finish(
            session: Session, pages: Mapping[PageKey, Page], taken: Sequence[PastRevision]
        ) -> None:
            for key, page in pages.items():
                self._files.store(session, str(key), page.id)
                by_key[key].key, by_key[key].number = page.id, page.revision_count
            for each in taken:
                if each.page not in pages:
                    by_key[each.page].key = None
            for entry in self._batch:
                if record.pages.get(entry.name) is entry.page:
                    record.set_page(entry.name, entry.page)
            for name, placed in self._files.used.items():
                record.set_file(name, placed.id)
            record.save(session, tip, done, part)

        try:
            result = write_past_revisions(
                prepared.revisions, prepared.onto, begin=begin, finish=finish
            )
        except BaseException:
            for page in by_key.values():
                page.key, page.number = before[id(page)].key, before[id(page)].number
            raise
        found: Any = find_import(db.session(), record.source, record.branch, record.folder)
        record.saved(found, tip, done, part)
        self.stats.revisions += len(prepared.revisions)
        self.stats.pages += sum(isinstance(key, str) for key in result.pages)
        self.stats.revisions -= len(result.taken)
        for each in result.taken:
            self._refuse_once(each.path, "exists")
        for each in result.unmoved:
            self._refuse_once(each.path, "path-kept")

"""How far a history was imported, and which pages and files its files became."""

from dataclasses import dataclass, field
from typing import NamedTuple

from dulwich.objects import ObjectID
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from wiki.database import db, in_batches
from wiki.git.models import GitImport, GitImportName

PageKey = int | str  # a page's id, or a placeholder for a new page


@dataclass(slots=True)
class ImportedPage:
    """A page that was imported from a file. `key` is `None` if the file is left out.

    `number` is the last revision that was imported.
    """

    key: PageKey | None
    number: int | None = None


class PartialCommit(NamedTuple):
    """How many changes of a partly imported commit are written."""

    commit: str = ""
    number: int = 0


NO_PARTIAL_COMMIT = PartialCommit()


@dataclass(slots=True)
class ImportRecord:
    """The record of one import; `tip` and `done` are empty before the first run."""

    source: str
    branch: str
    folder: str
    id: int | None = None
    tip: str = ""
    done: str = ""
    part: PartialCommit = NO_PARTIAL_COMMIT  # of the commit after `done`
    pages: dict[str, ImportedPage] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    _dirty: set[str] = field(default_factory=set)

    def changes_done(self, commit: str) -> int:
        """How many changes of a partly imported commit are already written."""
        return self.part.number if self.part.commit == commit else 0

    def set_page(self, name: str, page: ImportedPage) -> None:
        self.pages[name] = page
        self._dirty.add(name)

    def rename(self, former: str, name: str) -> None:
        """The file of a page has a new name."""
        if former in self.pages:
            self.set_page(name, self.pages.pop(former))
            self._dirty.add(former)

    def rename_file(self, former: str, name: str) -> None:
        if former in self.files:
            self.set_file(name, self.files.pop(former))
            self._dirty.add(former)

    def set_file(self, name: str, file_id: int) -> None:
        if self.files.get(name) != file_id:
            self.files[name] = file_id
            self._dirty.add(name)

    def save(self, session: Session, tip: ObjectID, done: str, part: PartialCommit) -> None:
        """Store what has changed, in the transaction that writes the pages."""
        row = session.get(GitImport, self.id) if self.id else None
        if row is None:
            row = GitImport(source=self.source, branch=self.branch, folder=self.folder)
            session.add(row)
        row.tip, row.done = tip.decode(), done
        row.part_commit, row.part = part
        session.flush()
        own = delete(GitImportName).where(GitImportName.import_id == row.id)
        for some in in_batches(self._dirty):
            session.execute(own.where(GitImportName.name.in_(some)))
        for name in sorted(self._dirty):
            self._store(session, row.id, name)
        session.flush()

    def saved(self, import_id: int, tip: ObjectID, done: str, part: PartialCommit) -> None:
        """Called after that transaction is committed."""
        self.id, self.tip, self.done, self.part = import_id, tip.decode(), done, part
        self._dirty.clear()

    def _store(self, session: Session, import_id: int, name: str) -> None:
        page = self.pages.get(name)
        file_id = self.files.get(name)
        if page is None and file_id is None:
            return
        session.add(
            GitImportName(
                import_id=import_id,
                name=name,
                page_id=page.key if page and isinstance(page.key, int) else None,
                number=page.number if page else None,
                file_id=file_id,
            )
        )


def find_import(session: Session, source: str, branch: str, folder: str) -> int | None:
    """The id of an earlier import of the same branch and folder, or `None`."""
    return session.scalar(
        select(GitImport.id).where(
            GitImport.source == source, GitImport.branch == branch, GitImport.folder == folder
        )
    )


def load_record(source: str, branch: str, folder: str) -> ImportRecord:
    """The record of an import; empty for a new one."""
    record = ImportRecord(source, branch, folder)
    row = db.session.get(GitImport, find_import(db.session(), source, branch, folder) or 0)
    if row is None:
        return record
    record.id, record.tip, record.done = row.id, row.tip, row.done
    record.part = PartialCommit(row.part_commit, row.part)
    for name in db.session.scalars(select(GitImportName).where(GitImportName.import_id == row.id)):
        if name.file_id is not None:
            record.files[name.name] = name.file_id
        else:
            record.pages[name.name] = ImportedPage(name.page_id, name.number)
    return record

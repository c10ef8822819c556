"""Imports the files that the pages of a folder show and link to: inspected like any upload, then
stored with the first page that uses them. A file that a second page also uses goes into the
library.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from io import BytesIO
from types import MappingProxyType
from typing import IO

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from wiki.accounts.models import User
from wiki.database import db
from wiki.files.errors import FileRefused
from wiki.files.inspection.media_types import with_extension
from wiki.files.models import File
from wiki.files.names import filename_key, free_filename, sanitize_filename
from wiki.files.storage.intake import StoredFile, inspect_and_store
from wiki.files.write import FileIdTaken, add_stored_file, next_file_id
from wiki.hub.markdown_file import FILES_FOLDER
from wiki.hub.trees.archive_reader import SourceTree, Unreadable
from wiki.hub.trees.link_rewriting import FileReference, PlacedFile, TextPart
from wiki.pages.editing.data_uris import DATA_IMAGE, decode_picture

_IN_WIKI = re.compile(rf"{FILES_FOLDER}/(\d{{1,10}})/[^/]+\Z", re.ASCII)  # in an export or a clone
MAX_ID = 2**31
SHOWN_ADDRESS_LENGTH = 40  # characters of a picture's address shown in a warning

# Called with a file's name and why it can't be imported: `FileRefused` or a code of `Unreadable`.
ReportProblem = Callable[[str, str | FileRefused], None]


@dataclass(slots=True)
class _PlannedFile:
    """A file to be stored with the first page that uses it."""

    id: int
    name: str
    stored: StoredFile
    pages: set[str] = field(default_factory=set)  # paths of pages that use it
    home: int | None = None  # id of the page it was stored with
    is_stored: bool = False

    @property
    def placed(self) -> PlacedFile:
        return PlacedFile(self.id, self.name)


class FileImporter:
    """Imports the files of one tree, and pictures embedded in its texts as `data:` URLs.

    `by` is the person who imports. `attached` are files of an export, which keep their ids. With
    `followed`, as for a Git history, a file is identified by its name: it is the file with that
    id here, or a new one. Otherwise it is any file with the same content.
    """

    def __init__(
        self,
        tree: SourceTree | None,
        *,
        by: User | None,
        report: ReportProblem,
        attached: Mapping[str, PlacedFile] = MappingProxyType({}),
        followed: Mapping[str, int] | None = None,
    ) -> None:
        self._tree = tree
        self._followed = followed
        self._to_library: dict[str, set[int]] = {}  # ids, by the path that uses them, too
        self._attached = attached
        self._by = by.id if by else None
        self._report = report
        self._contents: dict[str, StoredFile | None] = {}
        self._shared: dict[str, _PlannedFile] = {}
        self._of_page: dict[str, list[_PlannedFile]] = {}
        self._next_id = 0
        # Ids of planned files, and those that files of an export bring along.
        self._given = {placed.id for placed in attached.values()}
        # By their names in the tree, those that are in the wiki now.
        self.used: dict[str, PlacedFile] = {}
        self.count = 0  # of new ones

    def text_of(self, parts: Iterable[TextPart], path: str, page_id: int | None = None) -> str:
        """The text of the page at `path` with the addresses of its files; stores their contents
        first.

        `page_id` is the id of an existing page. Raises `StoreUnavailable`.
        """
        parts = tuple(parts)
        uses = [part for part in parts if isinstance(part, FileReference)]
        if not uses:
            return "".join(map(str, parts))
        placed = self._place(uses, path, page_id)
        return "".join(
            part if isinstance(part, str) else part.leading_to(placed.get(part.file))
            for part in parts
        )

    def _place(
        self, uses: Iterable[FileReference], path: str, page_id: int | None
    ) -> Mapping[str, PlacedFile]:
        by_name = {use.file for use in uses if use.is_by_name}
        placed: dict[str, PlacedFile] = {}
        taken: set[str] = set()
        for name in dict.fromkeys(use.file for use in uses):
            if name in self._attached:
                placed[name] = self._attached[name]
                continue
            known = self._find(name, path, page_id, taken, is_own=name in by_name)
            if known is None:
                continue
            if not _is_inlined(name):
                self.used[name] = known
            taken.add(filename_key(known.name))
            placed[name] = known
        return placed

    def _find(
        self, name: str, path: str, page_id: int | None, taken: set[str], *, is_own: bool
    ) -> PlacedFile | None:
        """The file `name` for the page at `path`; it is the page’s own if shown by its name
        alone.
        """
        is_followed = self._followed is not None and not _is_inlined(name)
        if is_followed and not is_own and (known := self._follow(name, path, page_id)):
            return known
        stored = self._content(name)
        if stored is None:
            return None
        shown = with_extension(_base(name), stored.report.media_type)
        known = None
        if not is_followed:
            known = _known(stored, shown, or_(File.page_id.is_(None), File.page_id == page_id))
        elif is_own and page_id is not None:
            is_there = and_(File.page_id == page_id, File.name_key == filename_key(shown))
            known = _known(stored, shown, is_there)
        if known is not None:
            return known
        planned = self._of_page.setdefault(path, [])
        own = [plan for plan in planned if plan.stored is stored and is_own]
        plan = own[0] if own else self._plan(name, shown, stored, taken, is_own=is_own)
        plan.pages.add(path)
        planned.append(plan)
        return plan.placed

    def _follow(self, name: str, path: str, page_id: int | None) -> PlacedFile | None:
        """The file that `name` became in an earlier run, or before its last change."""
        file_id = (self._followed or {}).get(name)
        if file_id is None or name in self._shared:
            return None
        row = db.session.execute(
            select(File.name, File.page_id).where(File.id == file_id, File.deleted_at.is_(None))
        ).first()
        if row is None:
            return None
        if row.page_id not in (None, page_id):
            self._to_library.setdefault(path, set()).add(file_id)
        return PlacedFile(file_id, row.name)

    def _content(self, name: str) -> StoredFile | None:
        if name not in self._contents:
            self._contents[name] = None
            place = f"{name[:SHOWN_ADDRESS_LENGTH]}…" if _is_inlined(name) else name
            try:
                with self._open(name) as stream:
                    self._contents[name] = inspect_and_store(stream, _base(name))
            except Unreadable as error:
                self._report(place, error.reason)
            except FileRefused as error:
                self._report(place, error)
        return self._contents[name]

    def _open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        if _is_inlined(name):
            return BytesIO(decode_picture(name)[1])
        if self._tree is None:
            raise Unreadable("absent")
        return self._tree.open(name)

    def _plan(
        self, name: str, shown: str, stored: StoredFile, taken: set[str], *, is_own: bool
    ) -> _PlannedFile:
        """Plan a new file. One shown by its name alone is the page’s own, even if other pages also
        show it.
        """
        if not is_own and name in self._shared:
            return self._shared[name]
        planned = _PlannedFile(self._free_id(name), free_filename(shown, taken), stored)
        return planned if is_own else self._shared.setdefault(name, planned)

    def _free_id(self, name: str) -> int:
        """The id that the file has in the wiki it comes from, if it is free here."""
        found = _IN_WIKI.match(name)
        wanted = int(found[1]) if found else 0
        if 0 < wanted < MAX_ID and wanted not in self._given:
            row = select(File.id).where(File.id == wanted)
            if db.session.scalar(row) is None:
                self._given.add(wanted)
                return wanted
        self._next_id = next_file_id(max(self._next_id, *self._given, 0))
        while self._next_id in self._given:  # the sequence doesn't know planned ids
            self._next_id = next_file_id(self._next_id)
        self._given.add(self._next_id)
        return self._next_id

    def is_stored(self, name: str) -> bool:
        """Whether the file `name` is stored and doesn’t wait for an unwritten page."""
        waiting = {
            plan.id for plans in self._of_page.values() for plan in plans if not plan.is_stored
        }
        return name in self.used and self.used[name].id not in waiting

    def forget(self, name: str) -> None:
        """Read the file `name` again: its content in the tree has changed."""
        self._contents.pop(name, None)
        self._shared.pop(name, None)
        self.used.pop(name, None)

    def check(self, session: Session, paths: Iterable[str]) -> None:
        """Check the ids planned for these pages.

        Raises `FileIdTaken` if another file got one of them in the meantime; the texts of these
        pages then have to be made again.
        """
        paths = list(paths)
        ids = {
            plan.id for path in paths for plan in self._of_page.get(path, ()) if not plan.is_stored
        }
        if ids and (taken := session.scalars(select(File.id).where(File.id.in_(ids))).first()):
            for path in paths:
                self._of_page.pop(path, None)
            self._shared = {name: plan for name, plan in self._shared.items() if plan.is_stored}
            raise FileIdTaken(taken)

    def store(self, session: Session, path: str, page_id: int | None) -> None:
        """Store the files of the page in the transaction that writes it; in the library, if it
        doesn’t exist yet.
        """
        if shared := self._to_library.pop(path, None):
            session.execute(update(File).where(File.id.in_(shared)).values(page_id=None))
        for plan in self._of_page.pop(path, ()):
            is_shared = len(plan.pages) > 1
            if not plan.is_stored:
                plan.home = None if is_shared else page_id
                add_stored_file(
                    session, plan.stored, plan.name, file_id=plan.id, page_id=plan.home, by=self._by
                )
                plan.is_stored = True
                self.count += 1
            elif is_shared and plan.home is not None:
                session.execute(update(File).where(File.id == plan.id).values(page_id=None))
                plan.home = None


def _is_inlined(name: str) -> bool:
    return name[: len(DATA_IMAGE)].lower() == DATA_IMAGE


def _base(name: str) -> str:
    return "picture" if _is_inlined(name) else sanitize_filename(posixpath.basename(name))


def _known(stored: StoredFile, name: str, is_near: ColumnElement[bool]) -> PlacedFile | None:
    """A file with this content that fulfils `is_near`, preferably one of this name."""
    row = db.session.execute(
        select(File.id, File.name)
        .where(File.content_hash == stored.hash, File.deleted_at.is_(None))
        .where(is_near)
        .order_by(File.name_key != filename_key(name), File.page_id.is_(None), File.id)
        .limit(1)
    ).first()
    return PlacedFile(row.id, row.name) if row else None

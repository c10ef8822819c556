"""Pictures and other files that pushed pages show: they become files of the wiki, as if whoever
pushes had attached them in the editor."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.access.permissions import Viewer, visible_to
from wiki.accounts.models import User
from wiki.community.proposals.proposing.parts import ProposedPage
from wiki.database import db
from wiki.files.errors import FileRefused
from wiki.files.messages import message_of
from wiki.files.models import FileUse
from wiki.files.page_gateway import may_edit_files_of
from wiki.files.quota import check_file_quota
from wiki.git.mirror.mirror_state import MirroredItem, MirrorState
from wiki.git.mirror.pack_writer import BLOB
from wiki.git.receiving.errors import PushRefused
from wiki.git.receiving.pushed_changes import PushedFile
from wiki.git.receiving.unpacking import PushedObjects
from wiki.hub.markdown_file import MarkdownPage
from wiki.hub.trees.archive_reader import FoundFile, Unreadable
from wiki.hub.trees.file_import import FileImporter
from wiki.hub.trees.layout import TreeLayout
from wiki.hub.trees.link_rewriting import FileReference, TextPart, parts_of
from wiki.i18n import lazy as _l
from wiki.pages.models import Page

_REPLACED = _l(
    "%(name)s is already a file of the wiki, which pages show by its name. Replace it there, or "
    "push the new one by another name."
)
_DELETED = _l(
    "%(name)s is deleted or renamed, and is not the file of a page that is deleted, too. Delete or "
    "rename it in the wiki."
)
_UNUSED = _l("%(name)s is no page, and no page that you push shows it or links to it.")
_FORBIDDEN = _l(
    "%(name)s can only be added by somebody who may edit its page. Push the text without it, and "
    "say in the proposal’s discussion where the file is."
)


class PushedFiles:
    """The files of one push that aren't pages. Raises `PushRefused` for one that can't be taken.

    One that replaces a file of the wiki becomes a new file, to which the pages lead that show it:
    until the proposal is accepted, they show what they showed.
    """

    def __init__(
        self, objects: PushedObjects, files: Sequence[PushedFile], *, by: User, viewer: Viewer
    ) -> None:
        self._objects = objects
        self._blobs = {file.name: file.blob for file in files if file.blob is not None}
        self._replaced = {file.name for file in files if file.blob and file.old_blob}
        self._by, self._viewer = by, viewer
        self._layout = TreeLayout(self, self._blobs)
        self._importer = FileImporter(self, by=by, report=_refuse)
        self._parts: dict[str, tuple[TextPart, ...]] = {}  # of the pages that use files
        self._pages: dict[str, int | None] = {}

    def files(self) -> Iterator[FoundFile]:
        yield from map(FoundFile, self._blobs)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        if name not in self._blobs:
            raise Unreadable("absent")
        yield BytesIO(self._objects.read(self._blobs[name], BLOB))

    def add_page(self, name: str, source: MarkdownPage, page_id: int | None) -> bool:
        """Note what the page in the file `name` shows: whether any of these files.

        `page_id` is the page, if it is there.
        """
        parts = parts_of(source, name, self._layout) if self._blobs else ()
        uses = [part for part in parts if isinstance(part, FileReference)]
        if not any(use.file in self._blobs for use in uses):
            return False
        for use in uses:
            if use.file in self._replaced and use.is_by_name:
                raise PushRefused(_REPLACED, use.file)
        self._parts[name], self._pages[name] = parts, page_id
        return True

    def check(self) -> None:
        """Whether every file is used, and may be added where it is."""
        homes: dict[str, set[int | None]] = {name: set() for name in self._blobs}
        for page, parts in self._parts.items():
            for part in parts:
                if isinstance(part, FileReference) and part.file in homes:
                    homes[part.file].add(self._pages[page])
        for name, pages in homes.items():
            if not pages:
                raise PushRefused(_UNUSED, name)
            # What several pages show is in the library.
            places = pages | {None} if len(pages) > 1 else pages
            if not all(may_edit_files_of(self._viewer, place) for place in places):
                raise PushRefused(_FORBIDDEN, name)

    def with_addresses(self, pages: Sequence[tuple[str, ProposedPage]]) -> list[ProposedPage]:
        """`pages` by the names of their files, with the addresses that their files will have."""
        return [
            replace(page, content=replace(page.content, text=self._text(name)))
            if name in self._parts
            else page
            for name, page in pages
        ]

    def _text(self, name: str) -> str:
        return self._importer.text_of(self._parts[name], name, self._pages[name])

    def store(self, session: Session) -> None:
        """Store them in the transaction of the proposal. Raises `FileIdTaken`, `FileRefused`."""
        self._importer.check(session, self._parts)
        size = sum(len(self._objects.read(blob, BLOB)) for blob in self._blobs.values())
        if size:
            check_file_quota(session, self._by.id, size)
        for name, page_id in self._pages.items():
            self._importer.store(session, name, page_id)


def pages_showing_replaced(
    state: MirrorState, base: MirroredItem, files: Sequence[PushedFile], viewer: Viewer
) -> list[PushedFile]:
    """The files, as they are, of the pages that show what a push replaces."""
    replaced = [file.name for file in files if file.blob and file.old_blob]
    items = [state.file_at(name, base.seq) for name in replaced]
    ids = [item.owner for item in items if item]
    showing = select(FileUse.page_id).join(Page, Page.id == FileUse.page_id)
    showing = showing.where(FileUse.file_id.in_(ids), visible_to(viewer, Page)).distinct()
    found = []
    for page_id in db.session.scalars(showing.order_by(FileUse.page_id)):
        item = state.page_as_of(page_id, base.seq)
        if item is not None and item.name and item.blob:
            found.append(PushedFile(item.name, item.blob, item.blob, item.name))
    return found


def check_deleted(
    state: MirrorState,
    base: MirroredItem,
    files: Sequence[PushedFile],
    pages: Iterable[ProposedPage],
) -> None:
    """That only files of deleted pages are deleted, which go with these. Raises `PushRefused`."""
    gone = {page.page_id for page in pages if page.is_deletion}
    for file in files:
        if file.blob is None:
            item = state.file_at(file.name, base.seq)
            if item is None or item.page not in gone:
                raise PushRefused(_DELETED, file.name)


def _refuse(place: str, reason: str | FileRefused) -> None:
    words = message_of(reason) if isinstance(reason, FileRefused) else reason
    raise PushRefused(f"{place if place.isprintable() else ascii(place)}: {words}")

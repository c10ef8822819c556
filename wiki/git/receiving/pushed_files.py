"""Pictures and other files that pushed pages show. They become files of the wiki, as if the pusher
had attached them in the editor.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from typing import IO

from sqlalchemy.orm import Session

from wiki.access.permissions import Viewer
from wiki.accounts.models import User
from wiki.community.proposals.proposing.parts import ProposedPage
from wiki.files.errors import FileRefused
from wiki.files.messages import message_of
from wiki.files.page_gateway import may_edit_files_of
from wiki.files.quota import check_file_quota
from wiki.git.mirror.pack_writer import BLOB
from wiki.git.receiving.errors import PushRefused
from wiki.git.receiving.pushed_changes import PushedFile
from wiki.git.receiving.unpacking import PushedObjects
from wiki.hub.markdown_file import MarkdownPage
from wiki.hub.trees.archive_reader import FoundFile, Unreadable
from wiki.hub.trees.file_import import FileImporter
from wiki.hub.trees.layout import TreeLayout
from wiki.hub.trees.link_rewriting import FileReference, PlacedFile, TextPart, parts_of
from wiki.i18n import lazy as _l

_UNUSED = _l("%(name)s isn’t a page, and no page that you push shows it or links to it.")
_FORBIDDEN = _l(
    "%(name)s can only be added by somebody who may edit its page. Push the text without it, and "
    "say in the proposal’s discussion where the file is."
)


class PushedFiles:
    """The new files of a push other than pages. Methods raise `PushRefused` for an invalid file.

    `placed` are files of the wiki, by their names in the branch.
    """

    def __init__(
        self,
        objects: PushedObjects,
        files: Sequence[PushedFile],
        placed: Mapping[str, PlacedFile],
        *,
        by: User,
        viewer: Viewer,
    ) -> None:
        self._objects = objects
        self._blobs = {file.name: file.blob for file in files if file.blob is not None}
        self._by, self._viewer = by, viewer
        self._names = self._blobs.keys() | placed.keys()
        self._layout = TreeLayout(self, sorted(self._names), placed)
        self._importer = FileImporter(self, by=by, report=_refuse, attached=placed)
        self._parts: dict[str, tuple[TextPart, ...]] = {}  # of pages that use files
        self._pages: dict[str, int | None] = {}

    def files(self) -> Iterator[FoundFile]:
        yield from map(FoundFile, self._blobs)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        if name not in self._blobs:
            raise Unreadable("absent")
        yield BytesIO(self._objects.read(self._blobs[name], BLOB))

    def add_page(self, name: str, source: MarkdownPage, page_id: int | None) -> bool:
        """Note which files the page in the file `name` shows; returns whether there are any.

        `page_id` is the id of an existing page.
        """
        found = parts_of(source, name, self._layout) if self._names else ()
        # In a URL of the wiki, only the id of a file counts, not the name.
        parts = tuple(
            part.written
            if isinstance(part, FileReference) and part.written.lstrip("<").startswith("/files/")
            else part
            for part in found
        )
        uses = [part for part in parts if isinstance(part, FileReference)]
        if not any(use.file in self._names for use in uses):
            return False
        self._parts[name], self._pages[name] = parts, page_id
        return True

    def check(self) -> None:
        """Check that every file is used, and that the pusher may add it."""
        homes: dict[str, set[int | None]] = {name: set() for name in self._blobs}
        for page, parts in self._parts.items():
            for part in parts:
                if isinstance(part, FileReference) and part.file in homes:
                    homes[part.file].add(self._pages[page])
        for name, pages in homes.items():
            if not pages:
                raise PushRefused(_UNUSED, name)
            # A file that several pages show goes into the library.
            places = pages | {None} if len(pages) > 1 else pages
            if not all(may_edit_files_of(self._viewer, place) for place in places):
                raise PushRefused(_FORBIDDEN, name)

    def with_addresses(self, pages: Sequence[tuple[str, ProposedPage]]) -> list[ProposedPage]:
        """`pages`, given with the names of their files, with the final URLs of files in their
        texts.
        """
        return [
            replace(page, content=replace(page.content, text=self._text(name)))
            if name in self._parts
            else page
            for name, page in pages
        ]

    def _text(self, name: str) -> str:
        return self._importer.text_of(self._parts[name], name, self._pages[name])

    def store(self, session: Session) -> None:
        """Store the files in the transaction of the proposal. Raises `FileIdTaken`,
        `FileRefused`.
        """
        self._importer.check(session, self._parts)
        size = sum(len(self._objects.read(blob, BLOB)) for blob in self._blobs.values())
        if size:
            check_file_quota(session, self._by.id, size)
        for name, page_id in self._pages.items():
            self._importer.store(session, name, page_id)


def _refuse(place: str, reason: str | FileRefused) -> None:
    words = message_of(reason) if isinstance(reason, FileRefused) else reason
    raise PushRefused(f"{place if place.isprintable() else ascii(place)}: {words}")

"""Turns changed page files into the pages of a proposal."""

from dataclasses import replace
from io import BytesIO
from typing import Any

from sqlalchemy import select

from wiki.community.proposals.proposing.parts import ProposedPage
from wiki.database import db
from wiki.git.mirror.mirror_state import MirroredItem, MirrorState
from wiki.git.mirror.pack_writer import BLOB
from wiki.git.receiving.errors import PushRefused
from wiki.git.receiving.pushed_changes import PushedFile
from wiki.git.receiving.pushed_files import PushedFiles
from wiki.git.receiving.unpacking import PushedObjects
from wiki.hub.markdown_file import (
    FILES_FOLDER,
    MarkdownPage,
    page_path,
    path_of_file,
    read_markdown_page,
)
from wiki.hub.trees.archive_reader import Unreadable
from wiki.hub.trees.page_file import text_in
from wiki.i18n import lazy as _l
from wiki.markup.relink import relink
from wiki.markup.workers.bounded_links import LinksDelayed, LinksNotFound, links_within_time
from wiki.naming import NameRefused, clean_path
from wiki.pages.errors import RevisionErased, RevisionNotFound
from wiki.pages.models import Revision
from wiki.pages.writing.revision_store import load_content

_NO_TEXT = _l("%(name)s is not a text in UTF-8, or longer than a page may be.")
_SLOW = _l("%(name)s can’t be searched for links in time, so it can’t be renamed with a new text.")
_NO_NAME = _l("%(name)s has a name or a title that isn’t allowed for a page.")


class PageReader:
    """Reads the changed page files of one push. Methods raise `PushRefused` for an invalid file."""

    def __init__(
        self,
        objects: PushedObjects,
        state: MirrorState,
        base: MirroredItem,
        pictures: PushedFiles,
    ) -> None:
        self._objects = objects
        self._state = state
        self._base = base
        self._pictures = pictures

    def proposed(self, files: list[PushedFile]) -> list[tuple[str, ProposedPage]]:
        """The changes that these files make to pages, each with its name; without empty changes."""
        read = [(file.name, self._page(file)) for file in files]
        return [(name, page) for name, page in read if page is not None]

    def unchanged(self, page_id: int) -> ProposedPage:
        """A page as it was in the base commit, for a proposal that only changes its files."""
        item = self._state.page_as_of(page_id, self._base.seq)
        name = item.name if item and item.name else ""
        try:
            at = self._revision_at(name)
            before = load_content(db.session(), at.page_id, at.number)
        except (RevisionNotFound, RevisionErased) as error:
            raise PushRefused(_NO_NAME, name) from error
        return ProposedPage(before, at.page_id, at.number, is_for_files=True)

    def _page(self, file: PushedFile) -> ProposedPage | None:
        try:
            if file.old_blob is None:
                return self._new(file)
            return self._deleted(file) if file.blob is None else self._changed(file, file.old_blob)
        except Unreadable as error:
            raise PushRefused(_NO_TEXT, file.name) from error
        except (NameRefused, RevisionNotFound, RevisionErased) as error:
            raise PushRefused(_NO_NAME, file.name) from error

    def _source(self, name: str, blob: bytes | None) -> MarkdownPage:
        text = text_in(BytesIO(self._objects.read(blob or b"", BLOB)))
        return read_markdown_page(name, text)

    def _new(self, file: PushedFile) -> ProposedPage:
        source = self._source(file.name, file.blob)
        self._pictures.add_page(file.name, source, None)
        return ProposedPage(source.content(), path=_path_of_new(file.name, page_path(source)))

    def _deleted(self, file: PushedFile) -> ProposedPage:
        at = self._revision_at(file.old_name)
        before = load_content(db.session(), at.page_id, at.number)
        return ProposedPage(before, at.page_id, at.number, is_deletion=True)

    def _changed(self, file: PushedFile, old_blob: bytes) -> ProposedPage | None:
        source, at = self._source(file.name, file.blob), self._revision_at(file.old_name)
        before = load_content(db.session(), at.page_id, at.number)
        path = _new_path(file, self._source(file.old_name, old_blob), source)
        if path == at.path:
            path = None
        if path is not None and source.text != before.text:
            # Existing links keep their targets, since the rename updates them; new ones are
            # relative to the new path.
            text = _relinked(file.name, source.text, before.text, at.path, path)
            source = replace(source, text=text)
        uses_files = self._pictures.add_page(file.name, source, at.page_id)
        content = source.onto(before)
        if path is None and content == before and not uses_files:
            return None
        return ProposedPage(content, at.page_id, at.number, path)

    def _revision_at(self, name: str) -> Any:
        """Page id, number and path of the revision that was in the file `name` at the base
        commit.
        """
        item = self._state.page_at(name, self._base.seq)
        columns = (Revision.page_id, Revision.number, Revision.path)
        query = select(*columns).where(Revision.id == (item.id if item else 0))
        row = db.session.execute(query).one_or_none()
        if row is None:
            raise RevisionNotFound
        return row


def _relinked(name: str, text: str, before: str, path: str, new_path: str) -> str:
    """`text`, with links that weren’t in `before` resolved relative to the new path."""
    try:
        kept = {link.address for link in links_within_time(before)}
        return relink(text, path, {}, from_path=new_path, kept=kept, find_links=links_within_time)
    except (LinksNotFound, LinksDelayed) as error:
        raise PushRefused(_SLOW, name) from error


def _new_path(file: PushedFile, old: MarkdownPage, new: MarkdownPage) -> str | None:
    """The new path of a page if its file was renamed or declares a new path; otherwise `None`."""
    path = _path_of_new(file.name, page_path(new))
    if path != _path_of_new(file.old_name, page_path(old)):
        return path
    if file.name == file.old_name:
        return None
    # The path that the file declares is unchanged.
    return _path_of_new(file.name, clean_path(path_of_file(file.name)))


def _path_of_new(name: str, path: str) -> str:
    """Undo the renaming of folders that would clash with the folders of attached files."""
    named = f"_{FILES_FOLDER}/"
    is_renamed = name.casefold().startswith(named) and path.casefold().startswith(named)
    return path[1:] if is_renamed else path

"""Changes that a push makes to the wiki’s own files: replacing, renaming or deleting them.

A file is identified by its path. A deleted and an added file count as a rename if they are in
the folder of the same file (`files/12`) or have the same content.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from posixpath import basename, dirname

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer, visible_to
from wiki.accounts.models import User
from wiki.community.proposals.file_changes.carry_out import ProposedFile, put_files
from wiki.database import db
from wiki.files.errors import FileNotThere, FileRefused, StoreUnavailable
from wiki.files.messages import message_of
from wiki.files.models import File, FileUse, FileVersion
from wiki.files.page_gateway import may_edit_files_of
from wiki.files.uploads.proposed_versions import inspect_proposed
from wiki.git.mirror.mirror_state import MirroredItem, MirrorState
from wiki.git.mirror.pack_writer import BLOB
from wiki.git.receiving.errors import PushRefused
from wiki.git.receiving.pushed_changes import PushedFile
from wiki.git.receiving.unpacking import PushedObjects
from wiki.hub.trees.link_rewriting import PlacedFile
from wiki.i18n import lazy as _l
from wiki.pages.models import Page

_GONE = _l("%(name)s has been deleted or restricted in the wiki in the meantime. Pull first.")
_FORBIDDEN = _l("%(name)s can only be changed by somebody who may edit its page.")
_LATER = _l("The files can’t be stored right now. Try again later.")
_UNKNOWN = _l("%(name)s isn’t a file of this wiki.")
_NO_PAGE = _l("%(name)s doesn’t belong to a page, and no page shows it. Change it in the wiki.")


@dataclass(frozen=True, slots=True)
class _Change:
    """`was` is the commit of the version that the pusher had. Without a `blob`, the file is
    deleted.
    """

    name: str
    was: MirroredItem
    blob: bytes | None

    @property
    def new_name(self) -> str:
        """The new name; empty unless it changes."""
        name = basename(self.name)
        return "" if self.blob is None or name == basename(self.was.name or "") else name


class AttachedFiles:
    """The files of the wiki that a push changes. Methods raise `PushRefused` for an invalid change.

    Files of `deleted_pages` are deleted with their pages and need no change of their own.
    """

    def __init__(
        self,
        objects: PushedObjects,
        state: MirrorState,
        base: MirroredItem,
        files: Sequence[PushedFile],
        *,
        by: User,
        viewer: Viewer,
        deleted_pages: Collection[int],
    ) -> None:
        self._objects, self._state, self._base = objects, state, base
        self._by, self._viewer = by.id, viewer
        self._changes: dict[str, _Change] = {}
        self._proposed: list[ProposedFile] = []
        there = {file.name: state.file_at(file.name, base.seq) for file in files if file.old_blob}
        staying = [
            file
            for file in files
            if file.blob or (was := there.get(file.name)) is None or was.page not in deleted_pages
        ]
        renamed = _renamed(staying)
        former = set(renamed.values())
        for file in staying:
            was = there.get(renamed.get(file.name, file.name))
            if file.blob is None and was is None:
                raise PushRefused(_UNKNOWN, file.name)
            if was is not None and not (file.blob is None and file.name in former):
                self._changes[file.name] = _Change(file.name, was, file.blob)
        self.new = [file for file in files if file.blob and file.name not in self._changes]

    @property
    def placed(self) -> Mapping[str, PlacedFile]:
        """The files by their names in the branch, so that texts can link to them."""
        kept = (change for change in self._changes.values() if change.blob is not None)
        return {change.name: PlacedFile(change.was.owner, basename(change.name)) for change in kept}

    def inspect(self) -> None:
        """Check whether all may be changed; keeps their contents in the store until they are
        proposed.

        A picture that is identical once it is re-encoded counts as unchanged.
        """
        for change in self._changes.values():
            file = db.session.get(File, change.was.owner)
            if file is None or file.deleted_at is not None:
                raise PushRefused(_GONE, change.name)
            if not may_edit_files_of(self._viewer, file.page_id):
                raise PushRefused(_FORBIDDEN, change.name)
        found = {change.name: self._inspected(change) for change in self._changes.values()}
        self._proposed = [proposed for proposed in found.values() if proposed is not None]
        self._changes = {name: self._changes[name] for name, each in found.items() if each}

    def pages(self) -> list[int]:
        """The pages that the changes belong to; for a file of the library, the first page that
        shows it.
        """
        return sorted({self._page_of(change) for change in self._changes.values()})

    def _page_of(self, change: _Change) -> int:
        file = db.session.get_one(File, change.was.owner)
        if file.page_id is not None:
            return file.page_id
        showing = select(FileUse.page_id).join(Page, Page.id == FileUse.page_id)
        showing = showing.where(FileUse.file_id == file.id, visible_to(self._viewer, Page))
        found: int | None = db.session.scalar(showing.order_by(FileUse.page_id).limit(1))
        if found is None:
            raise PushRefused(_NO_PAGE, change.name)
        return found

    def _inspected(self, change: _Change) -> ProposedFile | None:
        columns = select(FileVersion.number, FileVersion.content_hash)
        base = db.session.execute(columns.where(FileVersion.id == change.was.id)).first()
        if base is None:
            raise PushRefused(_GONE, change.name)
        found = ProposedFile(change.was.owner, base.number, change.new_name)
        if change.blob is None:
            return replace(found, is_deletion=True)
        if change.blob == change.was.blob:
            return found
        content = self._objects.read(change.blob, BLOB)
        try:
            stored = inspect_proposed(content, basename(change.name), by=self._by)
        except StoreUnavailable as error:
            raise PushRefused(_LATER) from error
        except FileRefused as error:
            raise PushRefused(f"{ascii(change.name)[1:-1]}: {message_of(error)}") from error
        if stored.hash == base.content_hash:
            return found if found.name else None
        return replace(found, stored=stored)

    def put(self, session: Session, proposal_id: int) -> None:
        """Add the changes to the proposal, in its transaction."""
        try:
            put_files(session, proposal_id, self._proposed, by=self._by, viewer=self._viewer)
        except FileNotThere as error:
            raise PushRefused(_GONE, str(error)) from error
        except Forbidden as error:
            raise PushRefused(_FORBIDDEN, "A file") from error


def _renamed(files: Sequence[PushedFile]) -> dict[str, str]:
    """The former names of renamed files by their new names."""
    gone = [file for file in files if file.blob is None]
    found: dict[str, str] = {}
    for is_same in (_is_in_same_folder, _has_same_content):
        for file in files:
            if file.old_blob is not None or file.blob is None or file.name in found:
                continue
            left = (each for each in gone if each.name not in found.values())
            former = next((each for each in left if is_same(each, file)), None)
            if former is not None:
                found[file.name] = former.name
    return found


def _is_in_same_folder(former: PushedFile, file: PushedFile) -> bool:
    folder = dirname(file.name)
    return folder.startswith("files/") and folder == dirname(former.name)


def _has_same_content(former: PushedFile, file: PushedFile) -> bool:
    return former.old_blob == file.blob

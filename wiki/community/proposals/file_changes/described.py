"""Changes of files as the proposal's page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from wiki.access.permissions import Viewer, reads_whole_wiki
from wiki.community.proposals.file_changes.carry_out import is_changed_since
from wiki.community.proposals.models import ProposalFile
from wiki.database import db
from wiki.files.models import ERASED_HASH, File, FileContent, FileVersion
from wiki.files.page_gateway import (
    PageRef,
    may_edit_files_of,
    page_gateway,
    visible_file,
)
from wiki.files.queries import TAG_LENGTH


@dataclass(frozen=True, slots=True)
class FileChangeView:
    """A change of a file; `users` are the pages that show or link the file.

    `tag` identifies the proposed content in a URL, `size` is in bytes; they are empty and 0 if the
    content stays.
    """

    file_id: int
    name: str
    new_name: str
    tag: str
    size: int
    is_picture: bool
    is_deletion: bool
    is_gone: bool
    is_changed: bool  # since it was proposed
    is_left_out: bool
    number: int  # of the file's current version
    may_edit: bool
    users: Sequence[PageRef]

    @property
    def seen(self) -> str:
        """The file's id and version as a form sends them."""
        return f"{self.file_id}-{self.number}"


def file_changes_of(viewer: Viewer, proposal_id: int) -> list[FileChangeView]:
    """The changes of files that `viewer` may see, in the order in which they were proposed."""
    of_library = and_(File.page_id.is_(None), reads_whole_wiki(viewer))
    is_known = or_(visible_file(viewer), page_gateway().is_visible(viewer), of_library)
    rows = db.session.execute(
        select(ProposalFile, File)
        .join(File, File.id == ProposalFile.file_id)
        .where(ProposalFile.proposal_id == proposal_id, is_known)
        .order_by(File.id)
    )
    return [_view(viewer, row, file) for row, file in rows.all()]


def may_change_files(viewer: Viewer, proposal_id: int) -> bool:
    """Whether `viewer` may change all files of a proposal, including those they can't see."""
    homes = select(File.page_id).join(ProposalFile, ProposalFile.file_id == File.id)
    homes = homes.where(ProposalFile.proposal_id == proposal_id).distinct()
    return all(may_edit_files_of(viewer, page_id) for page_id in db.session.scalars(homes).all())


def _view(viewer: Viewer, row: ProposalFile, file: File) -> FileChangeView:
    numbers = (row.base_version, row.version or 0)
    query = select(FileVersion, FileContent.size, FileContent.media_type).join(FileVersion.content)
    query = query.where(FileVersion.file_id == file.id, FileVersion.number.in_(numbers))
    found = {each[0].number: each for each in db.session.execute(query)}
    base = found[row.base_version][0]
    tag, size, media_type, new_name = "", 0, "", ""
    if row.version is not None:
        version, size, media_type = found[row.version]
        new_name = "" if version.name == base.name else version.name
        if version.content_hash not in (base.content_hash, ERASED_HASH):
            tag = version.content_hash[:TAG_LENGTH]
    return FileChangeView(
        file_id=file.id,
        name=base.name,
        new_name=new_name,
        tag=tag,
        size=size,
        is_picture=media_type.startswith("image/"),
        is_deletion=row.version is None,
        is_gone=file.deleted_at is not None,
        is_changed=is_changed_since(file, base),
        is_left_out=row.is_left_out,
        number=file.version_count,
        may_edit=may_edit_files_of(viewer, file.page_id),
        users=page_gateway().pages_using(viewer, file.id),
    )

"""Stores proposed changes of files, and makes them when the proposal is accepted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer
from wiki.community.proposals.errors import FileOvertaken
from wiki.community.proposals.models import Proposal, ProposalFile
from wiki.database import utcnow
from wiki.files.errors import FileNotThere
from wiki.files.models import File, FileVersion
from wiki.files.page_gateway import may_edit_files_of
from wiki.files.storage.intake import StoredFile
from wiki.files.uploads.proposed_versions import accept_version, propose_version
from wiki.files.write import append_version, lock_files


@dataclass(frozen=True, slots=True)
class ProposedFile:
    """A proposed change of version `base` of a file.

    It gets another `name`, the content `stored`, or both; or it is deleted.
    """

    file_id: int
    base: int
    name: str = ""
    stored: StoredFile | None = None
    is_deletion: bool = False


@dataclass(frozen=True, slots=True)
class FileDecision:
    """What to do with files that were changed since the proposal.

    A file is changed anyway if it is still at its version in `seen` (by file id). With
    `leaves_out`, no file is changed.
    """

    seen: Mapping[int, int] = field(default_factory=dict)
    leaves_out: bool = False


def put_files(
    session: Session, proposal_id: int, changes: Sequence[ProposedFile], *, by: int, viewer: Viewer
) -> None:
    """Add changes of files to a proposal, in the caller's transaction; `by` is a user id.

    Raises `FileNotThere`, `Forbidden`, `FileRefused`.
    """
    files = lock_files(session, [change.file_id for change in changes])
    for change in changes:
        file = files.get(change.file_id)
        if file is None or file.deleted_at is not None:
            raise FileNotThere(change.file_id)
        if not may_edit_files_of(viewer, file.page_id):
            raise Forbidden
        version = None
        if not change.is_deletion:
            version = propose_version(
                session,
                file,
                base=version_of(session, file.id, change.base),
                name=change.name,
                stored=change.stored,
                by=by,
            )
        session.add(
            ProposalFile(
                proposal_id=proposal_id,
                file_id=file.id,
                base_version=change.base,
                version=version,
            )
        )
    session.flush()


def version_of(session: Session, file_id: int, number: int) -> FileVersion:
    """Version `number` of a file. Raises `FileNotThere`."""
    query = select(FileVersion).where(FileVersion.file_id == file_id, FileVersion.number == number)
    found: FileVersion | None = session.scalar(query)
    if found is None:
        raise FileNotThere(file_id)
    return found


def is_changed_since(file: File, base: FileVersion) -> bool:
    """Whether the file's current content or name differs from its version `base`."""
    return (file.content_hash, file.name) != (base.content_hash, base.name)


def change_files(
    session: Session, proposal: Proposal, decision: FileDecision, viewer: Viewer
) -> None:
    """Make the changes of files of a proposal that `viewer` accepts, in its author's name.

    Raises `FileOvertaken`, `Forbidden`.
    """
    query = select(ProposalFile).where(ProposalFile.proposal_id == proposal.id)
    rows = session.scalars(query.order_by(ProposalFile.file_id)).all()
    if decision.leaves_out:
        for row in rows:
            row.is_left_out = True
        return
    files = lock_files(session, [row.file_id for row in rows])
    for row in rows:
        file = files[row.file_id]
        if not may_edit_files_of(viewer, file.page_id):
            raise Forbidden
        try:
            _change(session, row, file, proposal.author_id, decision)
        except FileNotThere as error:
            raise FileOvertaken from error


def _change(
    session: Session, row: ProposalFile, file: File, by: int, decision: FileDecision
) -> None:
    if file.deleted_at is not None:
        if row.version is not None:
            raise FileOvertaken
        return
    base = version_of(session, file.id, row.base_version)
    is_seen = decision.seen.get(file.id) == file.version_count
    if is_changed_since(file, base) and not is_seen:
        raise FileOvertaken
    if row.version is not None:
        accept_version(session, file, row.version, base=base, by=by)
        return
    file.deleted_at, file.deleted_by_id = utcnow(), by
    append_version(session, file, "delete", by)

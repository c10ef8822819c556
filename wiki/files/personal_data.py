"""Personal data that files store about a user: the files that they uploaded."""

from collections.abc import Iterator
from typing import IO

from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.access.permissions import current_viewer
from wiki.accounts.merging.references import moves
from wiki.accounts.privacy.personal_data import as_json
from wiki.database import db
from wiki.files.errors import ContentMissing
from wiki.files.models import PROPOSED, File, FileVersion
from wiki.files.page_gateway import visible_file
from wiki.files.storage.content_store import current_store

_VERSION = (FileVersion.file_id, FileVersion.number, FileVersion.name, FileVersion.created_at)
REFERENCES = (
    moves(
        FileVersion.author_id,
        lambda count: ngettext("%(num)s change of files", "%(num)s changes of files", count),
    ),
    moves(File.deleted_by_id),
)
_SENT = ("upload", "replace", PROPOSED)  # actions that upload a content


class FilesOfPerson:
    """Implements `wiki.accounts.privacy.personal_data.PersonalData` for files."""

    def export(self, person_id: int) -> Iterator[tuple[str, IO[bytes]]]:
        """Yields each content that the person uploaded and may still see, unchanged.

        `files.json` lists all of them, including missing contents.
        """
        query = select(*_VERSION, FileVersion.content_hash).join(
            File, File.id == FileVersion.file_id
        )
        mine = (FileVersion.author_id == person_id, FileVersion.action.in_(_SENT))
        query = query.where(*mine, visible_file(current_viewer())).order_by(FileVersion.id)
        rows = db.session.execute(query).mappings().all()
        for row in rows:
            try:
                content = current_store().open(row["content_hash"])
            except ContentMissing:
                continue  # erased, or missing: it is still in the list
            yield f"files/{row['file_id']}-{row['number']}-{row['name']}", content
        yield "files.json", as_json([dict(row) for row in rows])

    def rename(self, session: Session, person_id: int) -> None:
        """Does nothing, as files store no names of people."""

    def forget(self, session: Session, person_id: int) -> None:
        """Does nothing, as files belong to pages and stay."""

"""Attached files in an export: each is at `files/12/plan.png`, the address that texts already use.

`files/index.json` says which page each file belongs to. A file keeps its id when it is imported,
so texts don’t have to be rewritten.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import IO

from sqlalchemy import select

from wiki.access.permissions import Viewer
from wiki.accounts.models import User
from wiki.config import MEGABYTE
from wiki.database import db, in_batches, utcnow
from wiki.files import queries
from wiki.files.errors import FileNotThere, FileRefused
from wiki.files.models import File
from wiki.files.names import filename_key, sanitize_filename
from wiki.files.page_gateway import page_gateway
from wiki.files.storage.content_store import current_store
from wiki.files.write import FileIdTaken, import_file
from wiki.hub.trees.archive_reader import SourceTree, Unreadable
from wiki.hub.trees.file_import import ReportProblem
from wiki.naming import path_key
from wiki.pages.maintenance.transfer import stored_pages
from wiki.pages.writing.text_store import storable

INDEX = "files/index.json"
INDEX_LIMIT = 50_000_000  # bytes; about 500,000 files
FILES_PER_QUERY = 200  # files asked for at once

# Writes one file, given its name, content and modification time.
WriteFile = Callable[[str, IO[bytes], datetime], None]


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file of an export; `page` is the path of its page, empty for the library."""

    id: int
    name: str
    page: str
    page_id: int | None = None  # the file's row; `None` in an import

    @property
    def path(self) -> str:
        """Its path in the export, with slashes."""
        return f"files/{self.id}/{self.name}"


def list_all_files(viewer: Viewer) -> list[ListedFile]:
    """Every file that the viewer may see."""
    listed: list[ListedFile] = []
    last = 0
    # By id rather than by offset, since others may delete files in the meantime.
    while files := queries.files_after(viewer, last, FILES_PER_QUERY):
        known = page_gateway().visible_pages(viewer, [file.page_id for file in files])
        for file in files:
            page = known.get(file.page_id) if file.page_id else None
            if page is not None or file.page_id is None:  # otherwise its page was just deleted
                path = page.path if page else ""
                listed.append(ListedFile(file.id, file.name, path, file.page_id))
        last = files[-1].id
    return listed


def write_file(viewer: Viewer, listed: ListedFile, write: WriteFile) -> bool:
    """Write one file; returns whether it still exists.

    Raises `ContentMissing`, `StoreUnavailable`.
    """
    try:
        file = queries.get_file(viewer, listed.id)
    except FileNotThere:
        return False
    with current_store().open(file.content_hash) as stream:
        write(listed.path, stream, file.updated_at)
    return True


def export_files(
    viewer: Viewer, listed: list[ListedFile], pages: Mapping[int, str], write: WriteFile
) -> int:
    """Write every file and the index; returns the number of files.

    `pages` are the exported paths by page id. Raises `ContentMissing`, `StoreUnavailable`.
    """
    index = [
        {"id": each.id, "name": each.name, "page": pages.get(each.page_id or 0, each.page)}
        for each in listed
        if write_file(viewer, each, write)
    ]
    if index:
        written = json.dumps(index, ensure_ascii=False, indent=1)
        write(INDEX, BytesIO(written.encode()), utcnow())
    return len(index)


def read_file_index(tree: SourceTree, *, report: ReportProblem) -> list[ListedFile]:
    """The attached files of an export; empty if `tree` isn’t an export or has no index.

    `report` is called if the index can’t be read.
    """
    try:
        with tree.open(INDEX) as stream:
            written = stream.read(INDEX_LIMIT + 1)
        if len(written) > INDEX_LIMIT:
            report(INDEX, "index-too-long")
            return []
        rows = json.loads(written)
    except Unreadable as error:
        if error.reason != "absent":
            report(INDEX, error.reason)
        return []
    except (ValueError, RecursionError):
        report(INDEX, "index-damaged")
        return []
    # Some other JSON file of that name.
    return list(filter(None, map(_listed, rows))) if isinstance(rows, list) else []


def _listed(row: object) -> ListedFile | None:
    if not isinstance(row, dict):
        return None
    id_, name, page = row.get("id"), row.get("name"), row.get("page", "")
    if not (type(id_) is int and isinstance(name, str) and isinstance(page, str)):  # no `true`
        return None
    # Anything but a plain name could lead elsewhere.
    if not 0 < id_ < 2**31 or sanitize_filename(name) != name:
        return None
    return ListedFile(id_, name, storable(page))


def taken_ids(tree: SourceTree, listed: list[ListedFile]) -> dict[int, str]:
    """The files whose ids are taken by other files of this wiki: their paths in the export by id.

    The id of a deleted file counts as taken, since a page with it would show nothing.
    """
    query = select(File.id, File.content_hash, File.deleted_at)
    known = {
        row.id: row
        for some in in_batches([each.id for each in listed])
        for row in db.session.execute(query.where(File.id.in_(some)))
    }
    return {
        each.id: each.path
        for each in listed
        if (row := known.get(each.id))
        and (row.deleted_at or not _is_content(tree, each.path, row.content_hash))
    }


def _is_content(tree: SourceTree, path: str, content_hash: str) -> bool:
    """Whether a file of the export has this content; true if it can’t be read."""
    try:
        with tree.open(path) as stream:
            found = sha256()
            while block := stream.read(MEGABYTE):
                found.update(block)
            return found.hexdigest() == content_hash
    except Unreadable:
        return True


def import_files(
    tree: SourceTree, listed: list[ListedFile], *, by: User | None, report: ReportProblem
) -> int:
    """Import the files after their pages; returns how many are new.

    A file whose id is taken gets a new one, unless the file here is a newer version of it.
    `report` is called for each file that can’t be imported, with a `FileRefused` or a code: one
    of `Unreadable`, `no-page`, `id-taken`. Raises `StorageUnavailable`, `StoreUnavailable`.
    """
    pages = stored_pages([path_key(each.page) for each in listed if each.page])
    count = 0
    for each in listed:
        page = pages.get(path_key(each.page)) if each.page else None
        if each.page and page is None:
            report(each.path, "no-page")
            continue
        page_id = page.page_id if page else None
        is_other = _is_another(each, page_id)
        try:
            with tree.open(each.path) as stream:
                is_new = import_file(
                    each.id,
                    stream,
                    each.name,
                    page_id=page_id,
                    by=by.id if by else None,
                    is_renumbering=is_other,
                )
        except FileRefused as refused:
            report(each.path, refused)
        except FileIdTaken:
            report(each.path, "id-taken")
        except Unreadable as error:
            report(each.path, error.reason)
        else:
            count += is_new
    return count


def _is_another(listed: ListedFile, page_id: int | None) -> bool:
    """Whether the file with this id has another name or belongs to another page here."""
    row = db.session.execute(
        select(File.page_id, File.name_key).where(File.id == listed.id)
    ).first()
    return row is not None and tuple(row) != (page_id, filename_key(listed.name))

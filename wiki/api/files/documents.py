"""Builds responses about files, and reads uploads."""

from collections.abc import Iterable

from flask import request

from wiki.access.decorators import Forbidden
from wiki.access.permissions import Viewer, can_edit_somewhere
from wiki.api.absolute_urls import absolute_file_url
from wiki.api.cursors import part_by_offset
from wiki.api.files.schemas import FileItem, FileList, FileQuery
from wiki.files.errors import FileNotThere
from wiki.files.page_gateway import check_may_edit_files_of, page_gateway
from wiki.files.queries import FileFilter, FileView, get_file, list_files
from wiki.files.uploads.upload_batch import count_upload, receive_uploads
from wiki.files.urls import file_markdown
from wiki.web.programs.problems import Problem
from wiki.web.request_values import parse_number


def file_list(viewer: Viewer, query: FileQuery) -> FileList:
    """The files that the viewer may see, and the cursor of the next ones."""
    home = page_gateway().page_at(viewer, query.page).id if query.page else None
    wanted = FileFilter(query.q, query.type, home)
    found, cursor = part_by_offset(
        query, lambda skip, count: list_files(viewer, wanted, offset=skip, limit=count)
    )
    return FileList(items=file_items(viewer, found), next=cursor)


def file_items(viewer: Viewer, files: Iterable[FileView]) -> list[FileItem]:
    """`files` as items of a list, in the same order."""
    files = list(files)
    homes = page_gateway().visible_pages(viewer, [file.page_id for file in files])
    return [
        FileItem(
            id=file.id,
            name=file.name,
            page=homes[file.page_id].path if file.page_id in homes else None,
            media_type=file.media_type,
            size=file.size,
            width=file.width,
            height=file.height,
            sha256=file.content_hash,
            versions=file.version_count,
            updated_at=file.updated_at,
            url=absolute_file_url(file),
            markdown=file_markdown(file),
        )
        for file in files
    ]


def store_upload(viewer: Viewer) -> FileView:
    """Store the file of this request. Raises `Forbidden`, `Problem`, `FileRefused`."""
    if not can_edit_somewhere(viewer):
        raise Forbidden
    count_upload(viewer)
    if request.mimetype != "multipart/form-data":
        words = "Send a form (multipart/form-data) with the field `file`."
        raise Problem(415, detail=words, kind="file")
    path, replaced = request.form.get("page", ""), request.form.get("replaces", "")
    home = page_gateway().page_at(viewer, path).id if path else None
    number = parse_number(replaced) if replaced else None
    if replaced and number is None:
        raise FileNotThere(replaced)
    sent = request.files.getlist("file")[:2]
    if len(sent) > 1:
        raise Problem(422, "Invalid body", "Send one file at a time.", kind="file")
    result = receive_uploads(sent, viewer, page_id=home, replaces=number)
    if result.refused:
        raise result.refused[0][1]
    return result.taken[0]


def editable_file(viewer: Viewer, file_id: int) -> FileView:
    """A file that the viewer may change. Raises `FileNotThere`, `Forbidden`."""
    file = get_file(viewer, file_id)
    check_may_edit_files_of(viewer, file.page_id)
    return file

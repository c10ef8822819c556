"""Files: list, read, upload, rename, delete."""

from typing import Any

from flask import make_response, request, url_for

from wiki.access.permissions import can_edit_somewhere, current_viewer
from wiki.api.blueprint import api
from wiki.api.cursors import next_headers
from wiki.api.files.documents import editable_file, file_items, file_list, store_upload
from wiki.api.files.schemas import FileChange, FileItem, FileList, FileQuery
from wiki.api.openapi.operation import operation
from wiki.api.schema import ViewResult
from wiki.app_state import current_settings
from wiki.files.delivery.responses import content_response
from wiki.files.queries import content_at, get_file
from wiki.files.uploads.upload_batch import request_limit
from wiki.files.write import delete_file, rename_file

FILES = "Files"


@api.url_value_preprocessor
def allow_large_uploads(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    if endpoint == "api.add_file":
        request.max_content_length = request_limit(current_settings())


@api.get("/files")
@operation(FileList, tag=FILES)
def list_all_files(query: FileQuery) -> ViewResult:
    """The files that you may see, most recently changed first."""
    found = file_list(current_viewer(), query)
    return found, 200, next_headers(found.next)


@api.get("/files/<id:file_id>")
@operation(FileItem, tag=FILES)
def read_file(file_id: int) -> ViewResult:
    """A file’s metadata."""
    viewer = current_viewer()
    return file_items(viewer, [get_file(viewer, file_id)])[0]


@api.get("/files/<id:file_id>/content")
@operation(None, tag=FILES, media_type="application/octet-stream", is_cached=True, has_ranges=True)
def read_file_content(file_id: int) -> ViewResult:
    """The current content of a file."""
    served = content_at(current_viewer(), file_id)
    return content_response(served, is_fixed=False, is_download=True)


@api.post("/files")
@operation(FileItem, tag=FILES, status=201, is_repeatable=True, upload=True, headers=("Location",))
def add_file() -> ViewResult:
    """Upload a file for a page or for the library, or as a new version of a file (`replaces`)."""
    viewer = current_viewer()
    file = store_upload(viewer)
    where = {"Location": url_for("api.read_file", file_id=file.id)}
    return file_items(viewer, [file])[0], 201, where


@api.patch("/files/<id:file_id>")
@operation(FileItem, tag=FILES, is_writing=True, may=can_edit_somewhere)
def update_file(file_id: int, json: FileChange) -> ViewResult:
    """Rename a file. Links to it keep working."""
    viewer = current_viewer()
    editable_file(viewer, file_id)
    rename_file(file_id, json.name, by=viewer.user_id)
    return file_items(viewer, [get_file(viewer, file_id)])[0]


@api.delete("/files/<id:file_id>")
@operation(None, tag=FILES, status=204, is_writing=True, may=can_edit_somewhere)
def remove_file(file_id: int) -> ViewResult:
    """Delete a file. Its versions are kept, and it can be restored."""
    viewer = current_viewer()
    editable_file(viewer, file_id)
    delete_file(file_id, by=viewer.user_id)
    return make_response("", 204)

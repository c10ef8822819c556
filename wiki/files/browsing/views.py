"""The list of files and the page of each."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from wiki.access.decorators import editors_only
from wiki.access.permissions import can_administer, current_viewer
from wiki.files import queries
from wiki.files.blueprint import files, page_of
from wiki.files.inspection.media_types import FAMILIES
from wiki.files.page_gateway import PageRef, may_edit_files_of, page_gateway
from wiki.files.queries import FileView
from wiki.web.pagination import paginate

FILES_PER_PAGE = 40
MAX_DELETED_SHOWN = 100


@files.get("/")
def all_files() -> ResponseReturnValue:
    viewer, home = current_viewer(), page_of(request.args.get("in", ""))
    filter_ = _filter(home)
    pagination = paginate(queries.count_files(viewer, filter_), FILES_PER_PAGE)
    found = queries.list_files(viewer, filter_, offset=pagination.offset, limit=FILES_PER_PAGE)
    return render_template(
        "files/library.html",
        **_with_pages(found),
        filter=filter_,
        home=home,
        may_edit=may_edit_files_of(viewer, home.id if home else None),
        families=FAMILIES,
        pagination=pagination,
    )


def _filter(home: PageRef | None) -> queries.FileFilter:
    return queries.FileFilter(
        words=request.args.get("q", "")[:200],
        family=request.args.get("type", ""),
        page_id=home.id if home else None,
    )


def _with_pages(found: list[FileView]) -> dict[str, object]:
    """Files for a list, with the pages that they belong to."""
    ids = [file.page_id for file in found if file.page_id is not None]
    return {"files": found, "homes": page_gateway().visible_pages(current_viewer(), ids)}


@files.get("/<id:file_id>")
def show(file_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    file = queries.get_file(viewer, file_id)
    return render_template(
        "files/file.html",
        file=file,
        home=page_gateway().visible_pages(viewer, [file.page_id]).get(file.page_id)
        if file.page_id
        else None,
        versions=queries.versions_of(viewer, file_id),
        users=page_gateway().pages_using(viewer, file_id),
        may_edit=may_edit_files_of(viewer, file.page_id),
        may_erase=can_administer(viewer),
    )


@files.get("/deleted")
@editors_only
def deleted() -> ResponseReturnValue:
    found = queries.list_deleted_files(current_viewer(), MAX_DELETED_SHOWN)
    may_erase = can_administer(current_viewer())
    return render_template("files/deleted.html", files=found, may_erase=may_erase)

"""The list of files, and the page of each file with renaming, restoring and deletion."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import editors_only
from wiki.access.permissions import Viewer, can_administer, current_viewer
from wiki.files import queries, write
from wiki.files.blueprint import files, page_of, parse_field
from wiki.files.errors import FileRefused
from wiki.files.forms import RenameFileForm
from wiki.files.inspection.media_types import FAMILIES
from wiki.files.messages import message_of
from wiki.files.page_gateway import (
    PageRef,
    check_may_edit_files_of,
    may_edit_files_of,
    page_gateway,
)
from wiki.files.queries import FileView
from wiki.web.csrf import ProtectedForm
from wiki.web.pagination import paginate

FILES_PER_PAGE = 40
MAX_DELETED_SHOWN = 100


@files.get("/")
def all_files() -> ResponseReturnValue:
    """The list of files, filtered by the query string."""
    viewer, home = current_viewer(), page_of(request.args.get("in", ""))
    filter_ = _filter(home)
    pagination = paginate(queries.count_files(viewer, filter_), FILES_PER_PAGE)
    found = queries.list_files(viewer, filter_, offset=pagination.offset, limit=FILES_PER_PAGE)
    return render_template(
        "files/browsing/library.html",
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
    """Variables for a list of files, including the pages to which they belong."""
    homes = page_gateway().visible_pages(current_viewer(), [file.page_id for file in found])
    return {"files": found, "homes": homes}


@files.get("/<id:file_id>")
def show(file_id: int) -> ResponseReturnValue:
    """A file with its versions."""
    viewer = current_viewer()
    file = queries.get_file(viewer, file_id)
    return render_template(
        "files/browsing/file.html",
        file=file,
        home=page_gateway().visible_pages(viewer, [file.page_id]).get(file.page_id),
        versions=queries.versions_of(viewer, file_id),
        users=page_gateway().pages_using(viewer, file_id),
        may_edit=may_edit_files_of(viewer, file.page_id),
        may_erase=can_administer(viewer),
    )


@files.get("/deleted")
@editors_only
def deleted_files() -> ResponseReturnValue:
    """The deleted files that the viewer may restore."""
    found = queries.list_deleted_files(current_viewer(), MAX_DELETED_SHOWN)
    may_erase = can_administer(current_viewer())
    return render_template("files/browsing/deleted.html", files=found, may_erase=may_erase)


@files.route("/rename/<id:file_id>", methods=["GET", "POST"])
@editors_only
def rename_file(file_id: int) -> ResponseReturnValue:
    """Rename a file."""
    viewer = current_viewer()
    file = _editable_file(viewer, file_id)
    form = RenameFileForm()
    if not form.validate_on_submit():
        form.name.data = file.name
        return render_template("files/browsing/rename.html", file=file, form=form)
    try:
        write.rename_file(file_id, form.name.data or "", by=viewer.user_id)
    except FileRefused as error:
        form.reject("name", message_of(error))
        return render_template("files/browsing/rename.html", file=file, form=form), 422
    flash(_("Renamed. Links to it keep working."), "ok")
    return redirect(url_for(".show", file_id=file_id), 303)


@files.post("/restore/<id:file_id>")
@editors_only
def restore_file(file_id: int) -> ResponseReturnValue:
    """Restore an earlier version of a file."""
    viewer = current_viewer()
    file = _editable_file(viewer, file_id)
    number = parse_field(request.form.get("version"))
    write.restore_version(file.id, number or 0, by=viewer.user_id)
    flash(_("Restored. The previous content is kept among the versions."), "ok")
    return redirect(url_for(".show", file_id=file_id), 303)


@files.route("/delete/<id:file_id>", methods=["GET", "POST"])
@editors_only
def delete_file(file_id: int) -> ResponseReturnValue:
    """Delete a file."""
    viewer = current_viewer()
    file = _editable_file(viewer, file_id)
    form = ProtectedForm()
    if not form.validate_on_submit():
        users = page_gateway().pages_using(viewer, file_id)
        return render_template("files/browsing/delete.html", file=file, form=form, users=users)
    write.delete_file(file_id, by=viewer.user_id)
    flash(_("%(name)s has been deleted. You can bring it back.", name=file.name), "ok")
    return redirect(url_for(".deleted_files"), 303)


@files.post("/undelete/<id:file_id>")
@editors_only
def undelete_file(file_id: int) -> ResponseReturnValue:
    """Restore a deleted file."""
    viewer = current_viewer()
    file = queries.get_deleted_file(viewer, file_id)
    write.undelete_file(file.id, by=viewer.user_id)
    flash(_("Brought back with all its versions."), "ok")
    return redirect(url_for(".show", file_id=file_id), 303)


def _editable_file(viewer: Viewer, file_id: int) -> queries.FileView:
    """A file that the viewer may change. Raises `FileNotThere`, `Forbidden`."""
    file = queries.get_file(viewer, file_id)
    check_may_edit_files_of(viewer, file.page_id)
    return file

"""Renaming, restoring and deleting files over HTTP."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import editors_only
from wiki.access.permissions import Viewer, current_viewer
from wiki.files import queries, write
from wiki.files.blueprint import files, parse_field
from wiki.files.browsing.forms import ConfirmFileForm, RenameFileForm
from wiki.files.errors import FileRefused
from wiki.files.messages import message_of
from wiki.files.page_gateway import check_may_edit_files_of, page_gateway


@files.route("/rename/<id:file_id>", methods=["GET", "POST"])
@editors_only
def rename(file_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    file = _editable_file(viewer, file_id)
    form = RenameFileForm()
    if not form.validate_on_submit():
        form.name.data = file.name
        return render_template("files/rename.html", file=file, form=form)
    try:
        write.rename_file(file_id, form.name.data or "", by=viewer.user_id)
    except FileRefused as error:
        form.reject(message_of(error))
        return render_template("files/rename.html", file=file, form=form), 422
    flash(_("Renamed. Links to it keep working."), "ok")
    return redirect(url_for(".show", file_id=file_id), 303)


@files.post("/restore/<id:file_id>")
@editors_only
def restore(file_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    file = _editable_file(viewer, file_id)
    number = parse_field(request.form.get("version"))
    write.restore_version(file.id, number or 0, by=viewer.user_id)
    flash(_("Restored. The previous content is kept among the versions."), "ok")
    return redirect(url_for(".show", file_id=file_id), 303)


@files.route("/delete/<id:file_id>", methods=["GET", "POST"])
@editors_only
def delete(file_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    file = _editable_file(viewer, file_id)
    form = ConfirmFileForm()
    if not form.validate_on_submit():
        users = page_gateway().pages_using(viewer, file_id)
        return render_template("files/delete.html", file=file, form=form, users=users)
    write.delete_file(file_id, by=viewer.user_id)
    flash(_("%(name)s has been deleted. You can bring it back.", name=file.name), "ok")
    return redirect(url_for(".deleted"), 303)


@files.post("/undelete/<id:file_id>")
@editors_only
def undelete(file_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    file = queries.get_deleted_file(viewer, file_id)
    write.undelete_file(file.id, by=viewer.user_id)
    flash(_("Brought back with all its versions."), "ok")
    return redirect(url_for(".show", file_id=file_id), 303)


def _editable_file(viewer: Viewer, file_id: int) -> queries.FileView:
    """Raises `FileNotThere`, `Forbidden`."""
    file = queries.get_file(viewer, file_id)
    check_may_edit_files_of(viewer, file.page_id)
    return file

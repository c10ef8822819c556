"""The view that erases files permanently."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from wiki.access.permissions import can_administer, current_viewer
from wiki.files.blueprint import files, parse_field
from wiki.files.erasure import erase
from wiki.files.erasure.erase import ErasedFile, ErasePreview, preview_erase
from wiki.files.errors import FileNotThere
from wiki.files.forms import EraseFileForm
from wiki.files.messages import bytes_left, erasure_limits


@files.route("/erase/<id:file_id>", methods=["GET", "POST"])
def erase_file(file_id: int) -> ResponseReturnValue:
    """Preview and carry out an erasure, for administrators; 404 for everybody else."""
    viewer = current_viewer()
    if viewer.user_id is None or not can_administer(viewer):
        raise FileNotThere(file_id)
    preview = preview_erase(file_id, parse_field(request.values.get("version")))
    form = EraseFileForm()
    if not form.validate_on_submit():
        return _ask_to_erase(preview, form)
    if not form.reason:
        form.reject("why", _("Give a reason: it is shown where the text was."))
        return _ask_to_erase(preview, form), 422
    _flash_erased(erase.erase_file(file_id, preview.number, why=form.reason, by=viewer.user_id))
    is_gone = preview.is_all or preview.is_deleted
    address = url_for(".deleted_files") if is_gone else url_for(".show", file_id=file_id)
    return redirect(address, 303)


def _ask_to_erase(preview: ErasePreview, form: EraseFileForm) -> str:
    return render_template(
        "files/erasure/erase.html", file=preview, form=form, erasure_limits=erasure_limits()
    )


def _flash_erased(erased: ErasedFile) -> None:
    words = ngettext(
        "Erased permanently: the content of %(num)s version.",
        "Erased permanently: the content of %(num)s versions.",
        erased.versions,
    )
    flash(words, "ok")
    if erased.elsewhere:
        words = ngettext(
            "%(num)s other file has the same content and keeps it.",
            "%(num)s other files have the same content and keep it.",
            erased.elsewhere,
        )
        flash(words, "warn")
    if erased.undeleted:
        flash(bytes_left(erased.undeleted), "warn")
    flash(erasure_limits(), "info")

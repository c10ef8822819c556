"""The addresses of files: views parse, call, answer."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import RequestEntityTooLarge

from wiki.access import can_administer, current_viewer
from wiki.access.decorators import editors_only
from wiki.accounts.redirects import safe_path
from wiki.app_state import current_settings, settings_of
from wiki.extensions import limiter
from wiki.files import queries, responses, write
from wiki.files.erasure.erase import ErasedFile, erase_file
from wiki.files.errors import FileNotThere, FileRefused
from wiki.files.forms import ConfirmFileForm, EraseFileForm, RenameFileForm, UploadForm
from wiki.files.inspection.media_types import FAMILIES
from wiki.files.inspection.thumbnails import MAX_SENT_SIDE
from wiki.files.messages import bytes_left, message_of, not_reached, too_much_at_once
from wiki.files.page_gateway import PageRef, page_gateway
from wiki.files.queries import FileView
from wiki.files.storage.content_store import CONTENT_STORE, make_store
from wiki.files.uploads import MAX_FILES, UploadResult, receive_uploads, request_limit
from wiki.files.urls import file_markdown, file_srcset, file_url, fixed_file_url
from wiki.web.csrf import allow_same_origin
from wiki.web.pagination import paginate
from wiki.web.request_values import parse_number, prefers_json
from wiki.webserver.body_pending import throw_away

PER_PAGE = 40
DELETED_SHOWN = 100
UPLOADS_BY_PERSON = "60 per minute"  # requests; a pasted picture is one

files = Blueprint("files", __name__, url_prefix="/files")


def init_app(app: Flask) -> None:
    CONTENT_STORE.put(app, make_store(settings_of(app)))
    app.jinja_env.globals.update(
        file_url=file_url,
        fixed_file_url=fixed_file_url,
        file_srcset=file_srcset,
        file_markdown=file_markdown,
        largest_sent=MAX_SENT_SIDE,
    )
    app.register_blueprint(files)


@files.url_value_preprocessor
def allow_large_requests(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Before the check of the token, which reads the form, files and all."""
    if endpoint == "files.receive":
        request.max_content_length = request_limit(current_settings())


@files.get("/")
def all_files() -> ResponseReturnValue:
    viewer, home = current_viewer(), _home(request.args.get("in", ""))
    filter_ = _filter(home)
    pagination = paginate(queries.count_files(viewer, filter_), PER_PAGE)
    found = queries.list_files(viewer, filter_, offset=pagination.offset, limit=PER_PAGE)
    return render_template(
        "files/library.html",
        **_with_homes(found),
        filter=filter_,
        home=home,
        families=FAMILIES,
        pagination=pagination,
    )


def _filter(home: PageRef | None) -> queries.FileFilter:
    return queries.FileFilter(
        words=request.args.get("q", "")[:200],
        family=request.args.get("type", ""),
        page_id=home.id if home else None,
    )


def _home(path: str) -> PageRef | None:
    return page_gateway().page_at(current_viewer(), path) if path else None


def _with_homes(found: list[FileView]) -> dict[str, object]:
    """Files for a list, with the pages that they belong to."""
    ids = [file.page_id for file in found if file.page_id is not None]
    return {"files": found, "homes": page_gateway().visible_pages(current_viewer(), ids)}


@files.get("/upload", endpoint="upload")
@editors_only
def ask_for_files() -> ResponseReturnValue:
    form = UploadForm(formdata=request.args)
    return _show_upload(form, UploadResult()), 200


@files.post("/upload", endpoint="receive")
@allow_same_origin
@limiter.limit(UPLOADS_BY_PERSON, key_func=lambda: f"files of {current_viewer().user_id}")
@editors_only
def receive_files() -> ResponseReturnValue:
    form = UploadForm()
    home, replaces = _home(form.page.data or ""), _number(form.replaces.data)
    outcome = receive_uploads(
        request.files.getlist("file"),
        current_viewer(),
        page_id=home.id if home else None,
        replaces=replaces,
    )
    if prefers_json():
        return _told(outcome), outcome.status
    if outcome.refused:
        return _show_upload(form, outcome), outcome.status
    return _lead_on(form, outcome, home)


def _number(value: str | None) -> int | None:
    """The id in a form's hidden field. Raises `FileNotThere` for what is none."""
    if not value:
        return None
    number = parse_number(value)
    if number is None:
        raise FileNotThere(value)
    return number


def _show_upload(form: UploadForm, outcome: UploadResult) -> str:
    replaces = _number(form.replaces.data)
    settings = current_settings()
    return render_template(
        "files/upload.html",
        form=form,
        home=_home(form.page.data or ""),
        replaced=queries.get_file(current_viewer(), replaces) if replaces else None,
        taken=outcome.taken,
        refused=[(name, message_of(error)) for name, error in outcome.refused],
        file_limit=settings.upload_limit,
        at_once=MAX_FILES,
    )


def _told(outcome: UploadResult) -> dict[str, object]:
    answer: dict[str, object] = {
        "files": [
            {
                "id": file.id,
                "name": file.name,
                "url": file_url(file),
                "markdown": file_markdown(file),
            }
            for file in outcome.taken
        ]
    }
    if outcome.refused:
        errors = [{"name": name, "error": message_of(error)} for name, error in outcome.refused]
        answer |= {"error": errors[0]["error"], "errors": errors}
    return answer


def _lead_on(form: UploadForm, outcome: UploadResult, home: PageRef | None) -> ResponseReturnValue:
    """To where the person came from, or to what they sent."""
    names = ", ".join(file.name for file in outcome.taken)
    flash(_("Stored: %(names)s", names=names), "ok")
    if target := safe_path(form.next.data):
        return redirect(target, 303)
    if len(outcome.taken) == 1:
        return redirect(url_for(".show", file_id=outcome.taken[0].id), 303)
    return redirect(_library_url(home), 303)


def _library_url(home: PageRef | None) -> str:
    values: dict[str, Any] = {"in": home.path} if home else {}
    return url_for(".all_files", **values)


@files.errorhandler(RequestEntityTooLarge)
def show_too_much(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Read on and throw away, or the browser would show a broken connection."""
    throw_away(request.environ)
    words = too_much_at_once(request_limit(current_settings()))
    if prefers_json():
        return {"error": words}, 413
    return render_template("files/too_much.html", words=words), 413


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
        may_erase=can_administer(viewer),
    )


@files.get("/<id:file_id>/<name>")
def content(file_id: int, name: str) -> ResponseReturnValue:
    tag, width = request.args.get("v", ""), parse_number(request.args.get("width"))
    served = queries.content_at(current_viewer(), file_id, tag)
    if served.name != name:
        return _renamed(file_id, served.name)
    if width is not None:
        served = queries.smaller_picture(served, width, responses.accepted_formats())
    return responses.content_response(
        served, is_fixed=bool(tag), is_download="download" in request.args
    )


def _renamed(file_id: int, name: str) -> ResponseReturnValue:
    values: dict[str, Any] = {**request.args.to_dict(), "file_id": file_id, "name": name}
    response = redirect(url_for(".content", **values), 302)
    response.headers["Cache-Control"] = responses.REVALIDATE  # it may get that name again
    return response


@files.route("/rename/<id:file_id>", methods=["GET", "POST"])
@editors_only
def rename(file_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    file = queries.get_file(viewer, file_id)
    form = RenameFileForm()
    if not form.validate_on_submit():
        form.name.data = file.name
        return render_template("files/rename.html", file=file, form=form)
    try:
        write.rename_file(file_id, form.name.data or "", by=viewer.user_id)
    except FileRefused as error:
        form.reject(message_of(error))
        return render_template("files/rename.html", file=file, form=form), 422
    flash(_("Renamed. Links to it go on working."), "ok")
    return redirect(url_for(".show", file_id=file_id), 303)


@files.post("/restore/<id:file_id>")
@editors_only
def restore(file_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    file = queries.get_file(viewer, file_id)
    number = _number(request.form.get("version"))
    write.restore_version(file.id, number or 0, by=viewer.user_id)
    flash(_("The earlier content is back. The one before it stays among the versions."), "ok")
    return redirect(url_for(".show", file_id=file_id), 303)


@files.route("/delete/<id:file_id>", methods=["GET", "POST"])
@editors_only
def delete(file_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    file = queries.get_file(viewer, file_id)
    form = ConfirmFileForm()
    if not form.validate_on_submit():
        users = page_gateway().pages_using(viewer, file_id)
        return render_template("files/delete.html", file=file, form=form, users=users)
    write.delete_file(file_id, by=viewer.user_id)
    flash(_("%(name)s is deleted. You can bring it back.", name=file.name), "ok")
    return redirect(url_for(".deleted"), 303)


@files.route("/erase/<id:file_id>", methods=["GET", "POST"])
def erase(file_id: int) -> ResponseReturnValue:
    """Whom it is none of their business learns nothing of it."""
    viewer = current_viewer()
    if viewer.user_id is None or not can_administer(viewer):
        raise FileNotThere(file_id)
    doomed = queries.preview_erase(file_id, _number(request.values.get("version")))
    form = EraseFileForm()
    if not form.validate_on_submit():
        return _ask_to_erase(doomed, form)
    if not form.reason:
        form.reject(_("Say why: whoever finds the gap will ask."))
        return _ask_to_erase(doomed, form), 422
    _tell_erased(erase_file(file_id, doomed.number, why=form.reason, by=viewer.user_id))
    is_gone = doomed.is_all or doomed.is_deleted
    return redirect(url_for(".deleted") if is_gone else url_for(".show", file_id=file_id), 303)


def _ask_to_erase(doomed: queries.ErasePreview, form: EraseFileForm) -> str:
    return render_template("files/erase.html", file=doomed, form=form, not_reached=not_reached())


def _tell_erased(erased: ErasedFile) -> None:
    words = ngettext(
        "Erased for good: the content of %(num)s version.",
        "Erased for good: the content of %(num)s versions.",
        erased.versions,
    )
    flash(words, "ok")
    if erased.elsewhere:
        words = ngettext(
            "%(num)s other file has the same content, and keeps it.",
            "%(num)s other files have the same content, and keep it.",
            erased.elsewhere,
        )
        flash(words, "warn")
    if erased.undeleted:
        flash(bytes_left(erased.undeleted), "warn")
    flash(not_reached(), "info")


@files.get("/deleted")
@editors_only
def deleted() -> ResponseReturnValue:
    found = queries.list_deleted_files(current_viewer(), DELETED_SHOWN)
    may_erase = can_administer(current_viewer())
    return render_template("files/deleted.html", files=found, may_erase=may_erase)


@files.post("/undelete/<id:file_id>")
@editors_only
def undelete(file_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    file = queries.get_deleted_file(viewer, file_id)
    write.undelete_file(file.id, by=viewer.user_id)
    flash(_("Brought back, with all its versions."), "ok")
    return redirect(url_for(".show", file_id=file_id), 303)

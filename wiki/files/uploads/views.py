"""The upload form."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from wiki.access.decorators import editors_only
from wiki.access.permissions import current_viewer
from wiki.accounts.redirects import safe_path
from wiki.app_state import current_settings
from wiki.files import queries
from wiki.files.blueprint import files, page_of, parse_field
from wiki.files.forms import UploadForm
from wiki.files.messages import message_of, upload_too_large_message
from wiki.files.page_gateway import PageRef
from wiki.files.uploads.upload_batch import (
    MAX_FILES,
    UploadResult,
    count_upload,
    receive_uploads,
    request_limit,
)
from wiki.files.urls import file_markdown, file_url
from wiki.web.csrf import allow_same_origin
from wiki.web.request_values import prefers_json
from wiki.webserver.body_pending import discard_body


@files.url_value_preprocessor
def allow_large_requests(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Raise the size limit for uploads; must run before the CSRF check, which reads the form."""
    if endpoint == "files.receive":
        request.max_content_length = request_limit(current_settings())


@files.get("/upload", endpoint="upload")
@editors_only
def show_upload_form() -> ResponseReturnValue:
    """The form for uploading files to a page or the library."""
    form = UploadForm(formdata=request.args)
    return _show_upload(form, UploadResult()), 200


@files.post("/upload", endpoint="receive")
@allow_same_origin
@editors_only
def receive_files() -> ResponseReturnValue:
    """Store the uploaded files; responds with JSON to scripts."""
    count_upload(current_viewer())
    form = UploadForm()
    home, replaces = page_of(form.page.data or ""), parse_field(form.replaces.data)
    result = receive_uploads(
        request.files.getlist("file"),
        current_viewer(),
        page_id=home.id if home else None,
        replaces=replaces,
    )
    if prefers_json():
        return _as_json(result), result.status
    if result.refused:
        return _show_upload(form, result), result.status
    return _redirect_after(form, result, home)


def _show_upload(form: UploadForm, result: UploadResult) -> str:
    replaces = parse_field(form.replaces.data)
    settings = current_settings()
    return render_template(
        "files/uploads/upload.html",
        form=form,
        home=page_of(form.page.data or ""),
        replaced=queries.get_file(current_viewer(), replaces) if replaces else None,
        taken=result.taken,
        refused=[(name, message_of(error)) for name, error in result.refused],
        file_limit=settings.upload_limit,
        at_once=MAX_FILES,
    )


def _as_json(result: UploadResult) -> dict[str, object]:
    answer: dict[str, object] = {
        "files": [
            {
                "id": file.id,
                "name": file.name,
                "url": file_url(file),
                "markdown": file_markdown(file),
            }
            for file in result.taken
        ]
    }
    if result.refused:
        errors = [{"name": name, "error": message_of(error)} for name, error in result.refused]
        answer |= {"error": errors[0]["error"], "errors": errors}
    return answer


def _redirect_after(
    form: UploadForm, result: UploadResult, home: PageRef | None
) -> ResponseReturnValue:
    """Redirect to where the person came from, or to what they uploaded."""
    names = ", ".join(file.name for file in result.taken)
    flash(_("Uploaded: %(names)s", names=names), "ok")
    if target := safe_path(form.next.data):
        return redirect(target, 303)
    if len(result.taken) == 1:
        return redirect(url_for(".show", file_id=result.taken[0].id), 303)
    return redirect(_library_url(home), 303)


def _library_url(home: PageRef | None) -> str:
    values: dict[str, Any] = {"in": home.path} if home else {}
    return url_for(".all_files", **values)


@files.errorhandler(RequestEntityTooLarge)
def show_upload_too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """The error page for a request that is too large.

    The rest of the body is read and discarded; otherwise the browser would show a broken
    connection.
    """
    discard_body(request.environ)
    words = upload_too_large_message(request_limit(current_settings()))
    if prefers_json():
        return {"error": words}, 413
    return render_template("files/uploads/too_much.html", words=words), 413

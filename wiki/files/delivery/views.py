"""Delivers the contents of files at their URLs."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from wiki.access.permissions import current_viewer
from wiki.files import queries
from wiki.files.blueprint import files
from wiki.files.delivery import responses
from wiki.files.queries import TAG_LENGTH
from wiki.web.request_values import parse_number


@files.get("/<id:file_id>/<name>")
def content(file_id: int, name: str) -> ResponseReturnValue:
    """The content of a file; redirects if the file has another name now."""
    tag, width = request.args.get("v", ""), parse_number(request.args.get("width"))
    served = queries.content_at(current_viewer(), file_id, tag)
    if served.name != name:
        return _renamed(file_id, served.name)
    if width is not None:
        served = queries.smaller_picture(served, width, responses.accepted_formats())
    return responses.content_response(
        served, is_fixed=len(tag) >= TAG_LENGTH, is_download="download" in request.args
    )


def _renamed(file_id: int, name: str) -> ResponseReturnValue:
    values: dict[str, Any] = {**request.args.to_dict(), "file_id": file_id, "name": name}
    response = redirect(url_for(".content", **values), 302)
    response.headers["Cache-Control"] = responses.REVALIDATE  # the file may get that name again
    return response

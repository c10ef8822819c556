"""The blueprint of pages, its URL converter and what its views share."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.routing import PathConverter

pages = Blueprint("pages", __name__)


class WikiPathConverter(PathConverter):
    """The path of a page in a URL; leading and trailing slashes are ignored."""

    part_isolating = False
    regex = ".+"

    def to_python(self, value: str) -> str:
        """The path without leading and trailing slashes."""
        return value.strip("/")


@pages.before_request
def one_address() -> ResponseReturnValue | None:
    """Redirect a URL with superfluous slashes to the canonical URL of the page."""
    path = (request.view_args or {}).get("path")
    if path is None or request.url_rule is None or request.method not in ("GET", "HEAD"):
        return None
    if request.path == request.url_rule.rule.partition("<")[0] + path:
        return None
    where = url_for(request.endpoint or "", path=path)
    query = request.query_string.decode("latin-1")
    return redirect(f"{where}?{query}" if query else where, 301)

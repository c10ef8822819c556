"""The blueprint of pages, and what its views share."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from werkzeug.routing import PathConverter

from wiki.access import can_edit, current_viewer
from wiki.accounts.models import User
from wiki.accounts.sessions import current_person
from wiki.pages.errors import Forbidden

pages = Blueprint("pages", __name__)


class WikiPathConverter(PathConverter):
    """A page's path in an address; slashes at its ends mean nothing."""

    part_isolating = False
    regex = ".+"

    def to_python(self, value: str) -> str:
        return value.strip("/")


@pages.before_request
def one_address() -> ResponseReturnValue | None:
    """Lead from an address with slashes too many to the page's own."""
    path = (request.view_args or {}).get("path")
    if path is None or request.url_rule is None or request.method not in ("GET", "HEAD"):
        return None
    if request.path == request.url_rule.rule.partition("<")[0] + path:
        return None
    where = url_for(request.endpoint or "", path=path)
    query = request.query_string.decode("latin-1")
    return redirect(f"{where}?{query}" if query else where, 301)


View = TypeVar("View", bound=Callable[..., Any])


def editors_only(view: View) -> View:
    """Ask for a sign-in; a reader who may not edit gets `Forbidden`."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not can_edit(current_viewer()):
            raise Forbidden
        return view(*args, **kwargs)

    return cast(View, login_required(guarded))


def person() -> User:
    """Who is signed in."""
    return current_person()

"""Cheap refusals while anonymous readers have used up their budget.

A refused crawler requests the next URL immediately, and at some hundred requests a second even
error pages would take time that readers need. Clients without cookie and token therefore get a
page that is rendered once a minute, before the framework handles the request.
"""

import json
import time
from collections.abc import Iterable
from math import ceil
from typing import TYPE_CHECKING
from urllib.parse import unquote

from flask import Flask, make_response, render_template, url_for

from wiki.access.anonymous_limits import BUDGETS
from wiki.app_state import settings_of
from wiki.config import Settings
from wiki.i18n import lazy as _l
from wiki.rate_limits import LimitReached
from wiki.rate_limits.messages import budget_advice, limit_messages
from wiki.web.programs.api_requests import API_ROOT, is_api_path
from wiki.web.programs.origins import cors_headers
from wiki.web.programs.problems import PROBLEM_TYPE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from gunicorn.http.message import Request

PAGE_AGE = 60.0  # seconds
RETRY_ADVICE = 60  # seconds named on the page; `Retry-After` is exact
# The URLs of `anonymous_limits.kind_of_request`, matched before routing.
PREFIXES = {
    "/history/": "history",
    "/diff/": "history",
    "/blame/": "history",
    "/proposals": "history",
    "/wiki.git/": "git",
    "/members.git/": "git",
    "/search/old": "history",
    "/search": "search",
    "/related/": "related",
    "/board/wanted": "search",
    "/llms.txt": "bulk",
    "/sitemap": "bulk",
    "/print/": "bulk",
    "/offline/hub.html": "file",
    "/api/v1/revisions": "history",
    "/api/v1/diff": "history",
    "/api/v1/proposals": "history",
    "/api/v1/search": "search",
    "/api/v1/suggestions": "search",
    "/graphql": "search",
    "/api/v1/answers": "search",
    "/api/v1/backlinks": "search",
    "/api/v1/tags": "search",
    "/api/v1/changes": "search",
    "/api/v1/threads": "search",
}
_Page = tuple[bytes, list[tuple[str, str]]]


def init_app(app: Flask, settings: Settings) -> None:
    """Must be called before middleware that rewrites the path, which then runs first."""
    if settings.rate_limits and settings.public_reading:
        app.wsgi_app = BusyGate(app)  # type: ignore[method-assign]


class BusyGate:
    """WSGI middleware that refuses early what would be refused later anyway."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._next: WSGIApplication = app.wsgi_app
        self._pages: dict[str, tuple[float, _Page]] = {}  # by script name, of which there are few

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        kind = _kind_of(environ)
        wait = BUDGETS.of(self._app)[kind].seconds_to_wait() if kind else 0.0
        if wait <= 0:
            return self._next(environ, start_response)
        body, headers = self._page(environ)
        if is_api_path(environ["PATH_INFO"]):
            body, headers = _problem(ceil(wait))
            origins = settings_of(self._app).api_origins
            headers += cors_headers(origins, environ.get("HTTP_ORIGIN"))
        all_headers = [*headers, ("Retry-After", str(ceil(wait)))]
        start_response("503 SERVICE UNAVAILABLE", all_headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def _page(self, environ: "WSGIEnvironment") -> _Page:
        root, now = environ.get("SCRIPT_NAME", ""), time.monotonic()
        made_at, page = self._pages.get(root, (-PAGE_AGE, (b"", [])))
        if now - made_at >= PAGE_AGE:
            page = self._render(environ)
            self._pages = {root: (now, page)}
        return page

    def _render(self, environ: "WSGIEnvironment") -> _Page:
        # The page must not contain anything from this request, since others get it too.
        names = ("SCRIPT_NAME", "nexus.base_url", "wsgi.url_scheme")
        kept = {name: environ[name] for name in names if name in environ}
        with self._app.test_request_context("/", environ_overrides=kept):
            title, message = limit_messages(LimitReached(RETRY_ADVICE, "costs"))
            words = {"status": 503, "title": title, "message": message}
            actions = [
                (_l("Sign in"), url_for("accounts.login")),
                (_l("Front page"), url_for("hub.front")),
            ]
            advice = budget_advice(RETRY_ADVICE)
            html = render_template("errors/error.html", **words, advice=advice, actions=actions)
            response = self._app.process_response(make_response(html, 503))
            return response.get_data(), list(response.headers)


def _problem(wait: int) -> _Page:
    """The same for programs, which can’t be told apart by `Accept`."""
    title = "Busy right now"
    detail = f"Wait {wait} seconds, or send a token: then there is no wait."
    problem = {"type": "about:blank", "title": title, "status": 503, "detail": detail}
    return json.dumps(problem).encode(), [("Content-Type", PROBLEM_TYPE)]


def costly_kind(request: "Request", base_path: str = "") -> str | None:
    """`search`, `history` or `None`: what a request of an anonymous reader costs, judged by its
    headers.

    `search` takes milliseconds; everything else counts as `history`, so that searches don’t wait
    for a clone.
    """
    names = {name for name, _ in request.headers}
    if "COOKIE" in names or "AUTHORIZATION" in names:
        return None
    path = unquote(request.path or "", "latin-1").removeprefix(base_path)
    kind = _kind_of_address(path, request.query or "")
    if kind is None:
        return None
    return "search" if kind in ("search", "related") else "history"


def _kind_of(environ: "WSGIEnvironment") -> str | None:
    """The kind of an anonymous GET, judged by its headers; `None` if the application has to
    decide.
    """
    if "HTTP_COOKIE" in environ or "HTTP_AUTHORIZATION" in environ:
        return None
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return None
    if "json" in environ.get("HTTP_ACCEPT", "") or "PATH_INFO" not in environ:
        return None
    return _kind_of_address(environ["PATH_INFO"], environ.get("QUERY_STRING", ""))


def _kind_of_address(path: str, query: str) -> str | None:
    if path.startswith(("/wiki/", "/raw/", f"{API_ROOT}/pages/")):
        return "history" if "revision=" in query else None
    return next((kind for prefix, kind in PREFIXES.items() if path.startswith(prefix)), None)

"""Requests of the API, which the parts around every feature treat in their own way.

A program has no cookies. A browser has, and would send them along from a page of another site; so
whatever changes something through the API is authenticated by a token alone.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, has_request_context, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

API_ROOT = "/api/v1"
GRAPHQL = "/graphql"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """To be called before middleware that corrects the path, which then comes before it."""
    app.wsgi_app = CookielessAPI(app.wsgi_app)  # type: ignore[method-assign]


def is_api_path(path: str) -> bool:
    """Whether `path`, below the wiki's own, is an address of the API, known or not."""
    return path.startswith(f"{API_ROOT}/") or path in (API_ROOT, GRAPHQL)


def is_api_request() -> bool:
    """Whether this request is one to the API: then every answer is JSON, errors too."""
    return has_request_context() and is_api_path(request.path)


class CookielessAPI:
    """WSGI middleware: takes the cookies away from what changes something through the API."""

    def __init__(self, wsgi_app: "WSGIApplication") -> None:
        self._next = wsgi_app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        is_safe = environ["REQUEST_METHOD"] in SAFE_METHODS
        if not is_safe and is_api_path(environ.get("PATH_INFO", "")):
            environ.pop("HTTP_COOKIE", None)
        return self._next(environ, start_response)

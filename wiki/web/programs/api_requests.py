"""Recognizes API requests, which are handled differently, and removes their cookies.

API clients have no cookies, but browsers would send them along from pages of other sites; so
writing through the API is authenticated by tokens only.
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
    """Must be called before middleware that corrects the path, which then wraps this one."""
    app.wsgi_app = CookielessAPI(app.wsgi_app)  # type: ignore[method-assign]


def is_api_path(path: str) -> bool:
    """Whether `path`, relative to the wiki’s root, belongs to the API, even if it has no route."""
    return path.startswith(f"{API_ROOT}/") or path in (API_ROOT, GRAPHQL)


def is_api_request() -> bool:
    """Whether this is an API request; all responses to it are JSON, including errors."""
    return has_request_context() and is_api_path(request.path)


class CookielessAPI:
    """WSGI middleware that removes the cookies of API requests that write."""

    def __init__(self, wsgi_app: "WSGIApplication") -> None:
        self._next = wsgi_app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        is_safe = environ["REQUEST_METHOD"] in SAFE_METHODS
        if not is_safe and is_api_path(environ.get("PATH_INFO", "")):
            environ.pop("HTTP_COOKIE", None)
        return self._next(environ, start_response)

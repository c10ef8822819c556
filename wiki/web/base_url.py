"""The URL of the wiki, regardless of what a request claims.

With `NEXUS_BASE_URL`, each request is treated as one to that URL, including its path, and requests
for other hosts are refused: they could make feeds, invitation links and cached redirects lead
there. Without it, the `Host` header is trusted.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

from wiki.app_state import current_settings
from wiki.config import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Health checks use the address of the process.
HEALTH_ENDPOINTS = frozenset({"hub.healthz", "hub.readyz"})
# Exactly what the sanitizer and the templates write.
_LOCAL_URL = re.compile(r'((?:href|src)=")/(?![/"])|((?:href|src)=")/(?=")')


class WrongHost(BadRequest):
    """The request is for a host other than that of `NEXUS_BASE_URL`, or has no valid host."""


def init_app(app: Flask, settings: Settings) -> None:
    """Must be called first, so that other handlers don’t see refused requests."""
    app.wsgi_app = BaseURLMiddleware(app, settings)  # type: ignore[method-assign]
    if count := settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    app.jinja_env.globals["whole_address"] = whole_address
    app.before_request(refuse_other_hosts if settings.base_url else refuse_no_host)


def refuse_other_hosts() -> None:
    """Refuse requests for hosts other than that of `NEXUS_BASE_URL`. Raises `WrongHost`."""
    base = request.environ["nexus.base_url"]
    if request.host.lower() != urlsplit(base).netloc and request.endpoint not in HEALTH_ENDPOINTS:
        raise WrongHost


def refuse_no_host() -> None:
    """Refuse requests without a valid `Host`: redirects could lead anywhere.

    Werkzeug reads an invalid header as an empty one. Raises `WrongHost`.
    """
    if not request.host and request.endpoint not in HEALTH_ENDPOINTS:
        raise WrongHost


def current_url() -> str:
    """The path and query of this request, as the browser shows them."""
    return request.script_root + request.full_path.removesuffix("?")


def whole_address(path: str) -> str:
    """`path` with scheme and host if `NEXUS_BASE_URL` is set."""
    base = request.environ.get("nexus.base_url")
    return f"{urlsplit(base)._replace(path='').geturl()}{path}" if base else path


def external_url(endpoint: str, **values: Any) -> str:
    """The absolute URL of a page, outside of requests.

    `NEXUS_BASE_URL` must be set.
    """
    base = urlsplit(current_settings().base_url)
    adapter = current_app.url_map.bind(base.netloc, base.path, url_scheme=base.scheme)
    return adapter.build(endpoint, values, force_external=True)


def prefix_urls(html: str, root: str) -> str:
    """Stored `html` with its root-relative URLs prefixed by `root`, the path of the wiki."""
    return _LOCAL_URL.sub(rf"\1\2{root}/", html)


class BaseURLMiddleware:
    """WSGI middleware that sets scheme, path and script name according to the settings."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app = app
        self._next: WSGIApplication = app.wsgi_app
        self._base = settings.base_url
        self._scheme = urlsplit(self._base).scheme
        self._prefix = settings.base_path
        self._routes: Any = None

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        # A URL that starts with two slashes leads to another host.
        if path.startswith("//"):
            environ["PATH_INFO"] = path = "/" + path.lstrip("/")
        if script := environ.get("SCRIPT_NAME", ""):
            environ["SCRIPT_NAME"] = f"/{script.strip('/')}".rstrip("/")
        if self._base:
            environ["nexus.base_url"] = self._base
            environ["wsgi.url_scheme"] = self._scheme
            environ["SCRIPT_NAME"] = self._prefix
            environ["PATH_INFO"] = self._below_prefix(path)
        return self._next(environ, start_response)

    def _below_prefix(self, path: str) -> str:
        """`path` without the prefix of the base URL, which the proxy may have removed already."""
        if not self._prefix or not f"{path}/".startswith(f"{self._prefix}/"):
            return path
        rest = path[len(self._prefix) :] or "/"
        # At `https://host/wiki`, `/wiki/redis` may be either: take the one that matches a route.
        return path if self._leads(path) and not self._leads(rest) else rest

    def _leads(self, path: str) -> bool:
        if self._routes is None:
            self._routes = self._app.url_map.bind("localhost")
        text = path.encode("latin-1").decode(errors="replace")
        return bool(self._routes.test(text, "GET"))

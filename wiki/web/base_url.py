"""Where the wiki is: at one address, whatever a request says of it.

With `NEXUS_BASE_URL` each request is taken for one to that address, below its path if it has one,
and a request for another host is refused: what is made of it (feeds, links to give away, redirects
that caches keep) would lead there. Without, the host is believed, and never to be found in a path.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

from wiki.config import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Who watches over a process asks it at whatever address it has.
ANY_HOST = frozenset({"hub.healthz", "hub.readyz"})
# The sanitiser and templates write exactly this.
_LOCAL_URL = re.compile(r'((?:href|src)=")/(?![/"])|((?:href|src)=")/(?=")')


class WrongHost(BadRequest):
    """Asked for under another name than `NEXUS_BASE_URL` has, or under what is no name."""


def init_app(app: Flask, settings: Settings) -> None:
    """Must come first: what is refused here is asked nothing else."""
    app.wsgi_app = BaseURLMiddleware(app, settings)  # type: ignore[method-assign]
    if count := settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    app.jinja_env.globals["whole_address"] = whole_address
    app.before_request(refuse_other_hosts if settings.base_url else refuse_no_host)


def refuse_other_hosts() -> None:
    """Raises `WrongHost`."""
    base = request.environ["nexus.base_url"]
    if request.host.lower() != urlsplit(base).netloc and request.endpoint not in ANY_HOST:
        raise WrongHost


def refuse_no_host() -> None:
    """What is sent as a host and can't be one is read as none, and a redirect to it leads anywhere.

    Raises `WrongHost`.
    """
    if not request.host and request.endpoint not in ANY_HOST:
        raise WrongHost


def current_url() -> str:
    """The path and query of this request, as a browser has them."""
    return request.script_root + request.full_path.removesuffix("?")


def whole_address(path: str) -> str:
    """What `url_for` gives, with scheme and host before it where a setting tells them."""
    base = request.environ.get("nexus.base_url")
    return f"{urlsplit(base)._replace(path='').geturl()}{path}" if base else path


def prefix_urls(html: str, root: str) -> str:
    """Stored `html`, whose addresses begin at the wiki, for a wiki below the path `root`."""
    return _LOCAL_URL.sub(rf"\1\2{root}/", html)


class BaseURLMiddleware:
    """WSGI middleware: scheme, path and script name are what the settings say."""

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
        # Two strokes would begin another host's address, wherever the path is put.
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
        """`path` without the wiki's own, which the proxy may have taken off already."""
        if not self._prefix or not f"{path}/".startswith(f"{self._prefix}/"):
            return path
        rest = path[len(self._prefix) :] or "/"
        # At `https://host/wiki`, `/wiki/redis` may be either; what leads somewhere is meant.
        return path if self._leads(path) and not self._leads(rest) else rest

    def _leads(self, path: str) -> bool:
        if self._routes is None:
            self._routes = self._app.url_map.bind("localhost")
        text = path.encode("latin-1").decode(errors="replace")
        return bool(self._routes.test(text, "GET"))

"""Files of `static/`; their URLs change with their content, so that browsers can cache them
forever.

JavaScript modules import each other without a version, so all of them are served from a folder
named after their common hash: `/static/js/0123456789ab/editor/editor.js` finds `./draft.js` there.
A stylesheet consists of parts, one for each area of the interface, and imports them in order. It is
delivered as one file, so that a browser needs only one request before it can show anything.
"""

import hashlib
import re
from functools import cache, lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request

from wiki.config import resource_folder

MAX_AGE = 365 * 24 * 3600  # seconds
_CHUNKS = "vendor/mermaid/chunks/"  # named by their content
_MODULE = re.compile(r"js/([0-9a-f]{12})/((?:[\w-]+/)*[\w-]+\.js)")
_STYLESHEET = re.compile(r"css/[\w-]+\.css")
_IMPORT = re.compile(r'@import "\./([\w/-]+\.css)";\n')
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["asset"] = asset_url
    app.url_value_preprocessor(_strip_module_version)
    app.view_functions["static"] = _serve
    app.after_request(_set_caching)


def asset_url(name: str) -> str:
    """The URL of a file in `static/`; it changes with the content."""
    return f"{request.script_root}/static/{_versioned(name)}"


@cache
def stylesheet(name: str) -> str:
    """The stylesheet `name` in `static/`, with its imports resolved and comments removed.

    Raises `OSError` if it or an imported part is missing.
    """
    file = resource_folder("static") / name
    whole = _IMPORT.sub(lambda found: (file.parent / found[1]).read_text(), file.read_text())
    return _COMMENT.sub("", whole)


def _serve(filename: str) -> Response:
    if not _STYLESHEET.fullmatch(filename) or not (resource_folder("static") / filename).is_file():
        return current_app.send_static_file(filename)
    response = Response(stylesheet(filename), mimetype="text/css")
    response.cache_control.no_cache = True
    response.add_etag()
    response.make_conditional(request)
    return response


@cache
def _versioned(name: str) -> str:
    folder, _, module = name.partition("/")
    return f"js/{_modules()}/{module}" if folder == "js" else f"{name}?v={_fingerprint(name)}"


@cache
def _modules() -> str:
    """The common fingerprint of all modules."""
    files = sorted(Path(resource_folder("static"), "js").rglob("*.js"))
    return _digest(*(file.read_bytes() for file in files))


@lru_cache(maxsize=512)  # names are unlimited: anybody can request any
def _fingerprint(name: str) -> str:
    if _STYLESHEET.fullmatch(name):
        return _digest(stylesheet(name).encode())
    return _digest((resource_folder("static") / name).read_bytes())


def _digest(*contents: bytes) -> str:
    return hashlib.sha256(b"\0".join(contents)).hexdigest()[:12]


def _strip_module_version(endpoint: str | None, values: dict[str, str] | None) -> None:
    """Remove the version from the URL of a module, whichever it is."""
    if endpoint == "static" and values and (found := _MODULE.fullmatch(values["filename"])):
        values["filename"] = f"js/{found[2]}"


def _set_caching(response: Response) -> Response:
    """Let browsers cache a file forever if its URL contains its version."""
    if request.endpoint != "static":
        return response
    # The frame of a diagram has an opaque origin, so its modules are loaded across origins.
    response.headers["Access-Control-Allow-Origin"] = "*"
    if response.status_code == 200 and _is_current_version():
        response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}, immutable"
    return response


def _is_current_version() -> bool:
    """Whether the URL contains the present version, not that of another release."""
    name = request.path.partition("/static/")[2]
    if found := _MODULE.fullmatch(name):
        return found[1] == _modules()
    return name.startswith(_CHUNKS) or request.args.get("v") == _fingerprint(name)

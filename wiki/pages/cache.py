"""Finished pages, kept as long as nothing in the wiki changes.

Every request asks the database first, in one short statement: which change was the last. What is
kept is used only when that, and everything else a page depends on, is the same; so a kept page
can't be stale, and a replica needs no word from another one.
"""

import hashlib
import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from flask import Response, current_app, make_response, request, session
from flask_login import current_user

from wiki.config import resource
from wiki.extensions import db
from wiki.frame import chosen_theme
from wiki.markup import RENDERER_VERSION
from wiki.pages.read import PageView

KEPT_BYTES = 8 * 1024 * 1024  # of finished pages in one process; about 1,300 pages

# Every change that a reader can see is a revision, and revisions are never deleted.
_LAST_CHANGE = {
    "sqlite": "SELECT max(id) FROM revision",
    # Ids may be committed out of order: a late one changes the number of the last thousand.
    "postgresql": "SELECT max(id), count(*) FROM revision "
    "WHERE id > (SELECT max(id) FROM revision) - 1000",
}


class Kept(NamedTuple):
    """A finished page, compressed by zlib to a quarter, and its validator."""

    tag: str
    body: bytes


class KeptPages:
    """Finished pages, the least recently used going first. Safe for threads."""

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._pages: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Kept | None:
        with self._lock:
            kept = self._pages.get(key)
            if kept is not None:
                self._pages.move_to_end(key)
            return kept

    def put(self, key: Hashable, kept: Kept) -> None:
        if len(kept.body) > self._limit // 8:
            return
        with self._lock:
            former = self._pages.pop(key, None)
            self._size += len(kept.body) - (len(former.body) if former else 0)
            self._pages[key] = kept
            while self._size > self._limit:
                self._size -= len(self._pages.popitem(last=False)[1].body)


class Place(NamedTuple):
    """What a finished page is kept under: everything it depends on, but for the page itself."""

    path: str
    reader: str
    role: str
    theme: str
    last_change: tuple[int | None, ...]


def place_of(path: str) -> Place | None:
    """Where the page at `path` is kept for this request; `None` when it may not be kept."""
    if request.query_string or session.get("_flashes"):
        return None
    is_member = current_user.is_authenticated
    return Place(
        path,
        current_user.get_id() if is_member else "",
        current_user.role if is_member else "",
        chosen_theme(),
        _last_change(),
    )


def _last_change() -> tuple[int | None, ...]:
    connection = db.session.connection()
    row = connection.exec_driver_sql(_LAST_CHANGE[connection.dialect.name]).one()
    return tuple(row)


def kept_response(place: Place | None) -> Response | None:
    """The page that is kept at `place`, or 304 for who has it already."""
    kept = _pages().get(place) if place else None
    return _response(kept) if kept else None


def finish(place: Place | None, page: PageView, render: Callable[[], str]) -> Response:
    """The response for `page`, kept for the next reader where that is allowed."""
    body = render().encode()
    if place is None:
        # A message is shown once: nobody may keep this response, nor be told 304.
        response = make_response(body)
        response.headers["Cache-Control"] = "no-store"
        return response
    kept = Kept(validator(page), zlib.compress(body, 1))
    _pages().put(place, kept)
    return _response(kept)


def _pages() -> KeptPages:
    pages: KeptPages = current_app.extensions["nexus_kept_pages"]
    return pages


def _response(kept: Kept) -> Response:
    if request.if_none_match.contains_weak(kept.tag):
        response = current_app.response_class(status=304)
    else:
        response = current_app.response_class(zlib.decompress(kept.body))
    response.headers["ETag"] = f'W/"{kept.tag}"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie"
    return response


def validator(page: PageView) -> str:
    """A tag that changes whenever anything about the response for `page` does."""
    reader = current_user.get_id() if current_user.is_authenticated else ""
    role = current_user.role if reader else ""
    seen = (
        build(),
        RENDERER_VERSION,
        page.id,
        page.path,
        page.revision_number,
        page.updated_by,
        reader,
        role,
        chosen_theme(),
        sorted(page.found.items()),
    )
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]


@cache
def build() -> str:
    """A fingerprint of the templates and assets that this process serves."""
    digest = hashlib.sha256()
    for folder in ("templates", "static"):
        for path in sorted(Path(resource(folder)).rglob("*")):
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]

"""Finished pages, kept as long as no change can be seen in them.

Every request asks the database first, in one short statement: which change was the last. If there
was one since a page was finished, a second statement tells whether it shows there. So a kept page
can't be stale, and a replica needs no word from another one.

A page is kept once for all readers of a role in a time zone. A stand-in takes the place of the
reader's name, and makes room for the name when the page is sent.
"""

import hashlib
import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import cache
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import NamedTuple
from urllib.parse import quote

from flask import Response, current_app, make_response, request, session
from flask_login import current_user
from markupsafe import escape
from sqlalchemy import ColumnElement, Integer, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from wiki.accounts.models import Member
from wiki.accounts.registration.register import offers_registration
from wiki.app_state import AppState
from wiki.config import resource_folder
from wiki.database import db
from wiki.identity import current_identity
from wiki.markup import RENDERER_VERSION
from wiki.pages.kinds import GLOSSARY
from wiki.pages.models import Revision
from wiki.pages.queries.page_queries import PageView
from wiki.timezones import reader_zone
from wiki.web.theme import chosen_theme

MAX_CACHE_BYTES = 8 * 1024 * 1024  # of finished pages in one process; about 1,300 pages

# What a page that is kept shows for the reader's name. No text of a page can hold it, since no
# reader ever sees it; its brackets tell by their encoding where in the page it stands.
USERNAME_PLACEHOLDER = f"<{token_hex(16)}>"
_ENCODED_PLACEHOLDERS = tuple(
    (encode, str(encode(USERNAME_PLACEHOLDER)).encode()) for encode in (escape, quote)
)

_GZIP = 16 + zlib.MAX_WBITS

# On PostgreSQL ids may be committed out of order: a late one changes the number of the last
# thousand.
_LAST_CHANGE = {
    "sqlite": "SELECT max(id), 0 FROM revision",
    "postgresql": "SELECT max(id), count(*) FROM revision "
    "WHERE id > (SELECT max(id) FROM revision) - 1000",
}


class LastChange(NamedTuple):
    """The last revision in the wiki, and how many the last thousand ids hold (SQLite: 0).

    Every change that a reader can see is a revision, and revisions are never deleted.
    """

    id: int | None
    held: int


class CacheKey(NamedTuple):
    """Where a finished page is kept, the state of the wiki now, and who reads."""

    key: tuple[str, ...]
    now: LastChange
    reader: Member | None


class CachedPage(NamedTuple):
    """A finished page, compressed by gzip, its validator, and the state of the wiki it shows."""

    page_id: int
    tag: str
    body: bytes
    as_of: LastChange


class PageCache:
    """Finished pages, the least recently used going first. Safe for threads."""

    def __init__(self, limit: int = MAX_CACHE_BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._pages: OrderedDict[Hashable, CachedPage] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> CachedPage | None:
        with self._lock:
            kept = self._pages.get(key)
            if kept is not None:
                self._pages.move_to_end(key)
            return kept

    def put(self, key: Hashable, kept: CachedPage) -> None:
        if len(kept.body) > self._limit // 8:
            return
        with self._lock:
            former = self._pages.pop(key, None)
            self._size += len(kept.body) - (len(former.body) if former else 0)
            self._pages[key] = kept
            while self._size > self._limit:
                self._size -= len(self._pages.popitem(last=False)[1].body)


PAGE_CACHE = AppState("page_cache", PageCache)


def cache_key_for(path: str) -> CacheKey | None:
    """Where the page at `path` is kept for this request; `None` when it may not be kept."""
    if request.query_string or (request.cookies and session.get("_flashes")):
        return None
    reader = _reader()
    role = reader.role if reader else ""
    zone = reader_zone()
    frame = (chosen_theme(), zone.name, str(zone.is_chosen), str(current_identity().version))
    key = (request.root_path, path, role, str(offers_registration()), *frame)
    return CacheKey(key, _last_change(), reader)


def _reader() -> Member | None:
    # Who sends no cookie is a stranger: Flask-Login needn't look.
    is_member = request.cookies and current_user.is_authenticated
    return current_user._get_current_object() if is_member else None


def _last_change() -> LastChange:
    connection = db.session.connection()
    return LastChange(*connection.exec_driver_sql(_LAST_CHANGE[connection.dialect.name]).one())


def cached_response(place: CacheKey | None) -> Response | None:
    """The page that is kept at `place`, or 304 for who has it already."""
    kept = PAGE_CACHE.current().get(place.key) if place else None
    if place is None or kept is None:
        return None
    if kept.as_of != place.now:
        if _is_changed(kept):
            return None
        kept = kept._replace(as_of=place.now)
        PAGE_CACHE.current().put(place.key, kept)
    return _response(kept, place.reader)


def _is_changed(kept: CachedPage) -> bool:
    connection = db.session.connection()
    state = {"page_id": kept.page_id, "since": kept.as_of.id, "held": kept.as_of.held}
    return bool(connection.execute(_IS_CHANGED[connection.dialect.name], state).scalar_one())


def _is_visible_change() -> ColumnElement[bool]:
    """Whether there was a change since `since` that can be seen in the page `page_id`.

    An edit of another page shows in the colour or the address of links, and only when it gave
    that page another name, or in the explanation of terms, when that page is or was a glossary;
    what isn't an edit counts as if it did.
    """
    change, before = aliased(Revision), aliased(Revision)
    is_before = and_(before.page_id == change.page_id, before.number == change.number - 1)
    return exists().where(
        change.id > bindparam("since"),
        or_(
            change.page_id == bindparam("page_id"),
            change.action.not_in(("edit", "merge")),
            change.kind == GLOSSARY,
            exists().where(
                is_before,
                or_(
                    before.title != change.title,
                    before.path != change.path,
                    before.kind == GLOSSARY,
                ),
            ),
        ),
    )


def _has_late_commits() -> ColumnElement[bool]:
    """Whether there are now more than `held` among the thousand ids up to `since`."""
    since = bindparam("since", type_=Integer)
    counted = select(func.count()).where(Revision.id > since - 1000, Revision.id <= since)
    return counted.scalar_subquery() != bindparam("held")


_IS_CHANGED = {
    "sqlite": select(_is_visible_change()),
    "postgresql": select(or_(_is_visible_change(), _has_late_commits())),
}


def build_response(place: CacheKey | None, page: PageView, render: Callable[[], str]) -> Response:
    """The response for `page`, kept for the next reader where that is allowed.

    `render` writes `USERNAME_PLACEHOLDER` for the reader's name.
    """
    body = render().encode()
    if place is None:
        # A message is shown once: nobody may keep this response, nor be told 304.
        response = make_response(_with_username(body, _reader()))
        response.headers["Cache-Control"] = "no-store"
        return response
    tag = _digest(page_etag(page), place.key)
    kept = CachedPage(page.id, tag, zlib.compress(body, wbits=_GZIP), place.now)
    # What it shows of others changes with every edit and upload; an unfinished one is tried again.
    if not page.shown and page.renderer == RENDERER_VERSION:
        PAGE_CACHE.current().put(place.key, kept)
    return _response(kept, place.reader)


def _response(kept: CachedPage, reader: Member | None) -> Response:
    tag = _digest(kept.tag, reader) if reader else kept.tag
    if request.if_none_match.contains_weak(tag):
        response = current_app.response_class(status=304)
    elif request.accept_encodings["gzip"]:
        response = current_app.response_class(_recompressed(kept.body, reader))
        response.headers["Content-Encoding"] = "gzip"
    else:
        body = zlib.decompress(kept.body, _GZIP)
        response = current_app.response_class(_with_username(body, reader))
    response.headers["ETag"] = f'W/"{tag}"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie"
    return response


def _recompressed(body: bytes, reader: Member | None) -> bytes:
    if reader is None:
        return body
    # The fastest level: what it takes more of the wire is less than what another takes of time.
    return zlib.compress(_with_username(zlib.decompress(body, _GZIP), reader), 1, _GZIP)


def _with_username(body: bytes, reader: Member | None) -> bytes:
    """`body` with the reader's name instead of the stand-in, encoded as that was."""
    if reader is not None:
        for encode, stand_in in _ENCODED_PLACEHOLDERS:
            body = body.replace(stand_in, str(encode(reader.username)).encode())
    return body


def page_etag(page: PageView) -> str:
    """A tag that changes whenever anything about `page` does."""
    return _digest(
        build_fingerprint(),
        page.renderer,
        page.id,
        page.path,
        page.revision_number,
        page.updated_by,
        sorted(page.found.items()),
        page.below,
        page.shown,
        page.glossaries,
    )


def _digest(*seen: object) -> str:
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]


@cache
def build_fingerprint() -> str:
    """A fingerprint of the templates and assets that this process serves."""
    digest = hashlib.sha256()
    for folder in ("templates", "static"):
        for path in sorted(Path(resource_folder(folder)).rglob("*")):
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]

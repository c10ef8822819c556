"""Finished pages, cached until a change would be visible in them.

Every request first queries the last change, in one short statement. If there was one since a page
was cached, a second statement finds out whether it is visible there. So a cached page is never
stale, and processes on several machines need not notify each other.

A page is cached once for all readers with the same role, time zone and access rules. Placeholders
stand for the reader’s name and their unread notifications; they are replaced when the page is sent.
"""

import hashlib
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple
from urllib.parse import quote

from flask import Response, current_app, make_response, request, session
from flask_login import current_user
from markupsafe import escape
from sqlalchemy import ColumnElement, Integer, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from wiki.access.permissions import anonymous_viewer, current_viewer
from wiki.access.rulebook import use_rules
from wiki.accounts.models import SessionUser
from wiki.accounts.registration.register import offers_registration
from wiki.app_state import AppState
from wiki.config import resource_folder
from wiki.database import db
from wiki.identity.current import current_identity
from wiki.kinds.builtin import GLOSSARY
from wiki.markup import RENDERER_VERSION
from wiki.naming import path_key
from wiki.pages.models import Revision
from wiki.pages.queries.page_queries import PageView
from wiki.sized_cache import SizedCache
from wiki.timezones import reader_zone
from wiki.web.authorization import sent_token
from wiki.web.theme import chosen_theme
from wiki.web.unread_badge import unread_badge

MAX_CACHE_BYTES = 8 * 1024 * 1024  # of finished pages in one process; about 1,300 pages

# Stands for the reader's name in a cached page. It is random, so no text contains it;
# the encoding of its brackets tells whether it is in HTML or in a URL.
USERNAME_PLACEHOLDER = f"<{token_hex(16)}>"
_ENCODED_PLACEHOLDERS = tuple(
    (encode, str(encode(USERNAME_PLACEHOLDER)).encode()) for encode in (escape, quote)
)
UNREAD_PLACEHOLDER = f"<{token_hex(16)}>"  # for the mark of unread notifications
_ENCODED_UNREAD = str(escape(UNREAD_PLACEHOLDER)).encode()

_GZIP = 16 + zlib.MAX_WBITS

# On PostgreSQL ids may be committed out of order: a late one changes how many of the last thousand
# there are.
_LAST_CHANGE = {
    "sqlite": "SELECT max(id), 0, (SELECT number FROM access_version), "
    "(SELECT activity FROM page WHERE key = :key AND deleted_at IS NULL) FROM revision",
    "postgresql": "SELECT max(id), count(*), (SELECT number FROM access_version), "
    "(SELECT activity FROM page WHERE key = %(key)s AND deleted_at IS NULL) FROM revision "
    "WHERE id > (SELECT max(id) FROM revision) - 1000",
}


class LastChange(NamedTuple):
    """The last revision in the wiki, and how many of the last thousand ids exist (SQLite: 0).

    Every change that a reader can see is a revision, and revisions are never deleted.
    """

    id: int | None
    recent: int


class CacheKey(NamedTuple):
    """What a cached page depends on (`parts`), the last change in the wiki, and the reader."""

    parts: tuple[str, ...]
    now: LastChange
    reader: SessionUser | None


class CachedPage(NamedTuple):
    """A finished page compressed by gzip, its entity tag, and the last change that it includes."""

    page_id: int
    etag: str
    body: bytes
    as_of: LastChange


PAGE_CACHE = AppState[SizedCache[CachedPage]](
    "page_cache", lambda: SizedCache(MAX_CACHE_BYTES, lambda cached: len(cached.body))
)


def cache_key_for(path: str) -> CacheKey | None:
    """The cache key of the page at `path` for this request; `None` if it may not be cached."""
    if request.query_string or (request.cookies and session.get("_flashes")):
        return None
    reader = _reader()
    role = f"{reader.role} {reader.scope or ''}" if reader else ""
    zone, (now, version, activity) = reader_zone(), _last_change(path)
    rules = use_rules(version)  # first: the version costs no other statement then
    frame = (chosen_theme(), zone.name, str(zone.is_chosen), str(current_identity().version))
    viewer = current_viewer() if reader else anonymous_viewer()
    role += " on review" if viewer.is_on_review else ""
    key = (request.root_path, path, str(activity), role, str(offers_registration()), *frame)
    scope = rules.scope(viewer.rank, viewer.groups)
    return CacheKey((*key, scope), now, reader)


def _reader() -> SessionUser | None:
    # Without a cookie or a token nobody is signed in: Flask-Login need not look.
    is_member = (request.cookies or sent_token() is not None) and current_user.is_authenticated
    return current_user._get_current_object() if is_member else None


def _last_change(path: str) -> tuple[LastChange, int, int | None]:
    """The last change in the wiki, the version of the rules, and the activity of the page at
    `path`.
    """
    connection = db.session.connection()
    state = {"key": path_key(path)}
    row = connection.exec_driver_sql(_LAST_CHANGE[connection.dialect.name], state).one()
    return LastChange(row[0], row[1]), row[2], row[3]


def wiki_state() -> tuple[LastChange, int]:
    """The last change in the wiki and the version of its rules and settings, in one statement.

    Anything derived from pages for all readers stays valid while these are the same.
    """
    now, version, _activity = _last_change("")
    return now, version


def cached_response(cache_key: CacheKey | None) -> Response | None:
    """The cached page, or 304 if the client has it already; `None` if none is up to date."""
    cached = PAGE_CACHE.current().get(cache_key.parts) if cache_key else None
    if cache_key is None or cached is None:
        return None
    if cached.as_of != cache_key.now:
        if _is_changed(cached):
            return None
        cached = cached._replace(as_of=cache_key.now)
        PAGE_CACHE.current().put(cache_key.parts, cached)
    return _response(cached, cache_key.reader)


def _is_changed(cached: CachedPage) -> bool:
    connection = db.session.connection()
    state = {"page_id": cached.page_id, "since": cached.as_of.id, "recent": cached.as_of.recent}
    return bool(connection.execute(_IS_CHANGED[connection.dialect.name], state).scalar_one())


def _is_visible_change() -> ColumnElement[bool]:
    """Whether a change since `since` is visible in the page `page_id`.

    An edit of another page is visible in links to it, if it changed the page’s name, and in
    explained terms, if the page is or was a glossary. Every change that is not an edit counts as
    visible.
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
    """Whether the number of existing ids among the thousand up to `since` differs from `recent`."""
    since = bindparam("since", type_=Integer)
    counted = select(func.count()).where(Revision.id > since - 1000, Revision.id <= since)
    return counted.scalar_subquery() != bindparam("recent")


_IS_CHANGED = {
    "sqlite": select(_is_visible_change()),
    "postgresql": select(or_(_is_visible_change(), _has_late_commits())),
}


def build_response(
    cache_key: CacheKey | None, page: PageView, render: Callable[[], str]
) -> Response:
    """The response for `page`; it is cached for other readers if possible.

    `render` must write `USERNAME_PLACEHOLDER` for the reader’s name and `UNREAD_PLACEHOLDER` for
    the badge.
    """
    body = render().encode()
    if cache_key is None:
        # A message is shown once: nobody may store this response, or be answered 304.
        response = make_response(_for_reader(body, _reader()))
        response.headers["Cache-Control"] = "no-store"
        return response
    etag = _digest(page_etag(page), cache_key.parts)
    cached = CachedPage(page.id, etag, zlib.compress(body, wbits=_GZIP), cache_key.now)
    # Content of other pages changes with every edit and upload; unfinished renderings are retried.
    if not page.shown and page.renderer == RENDERER_VERSION:
        PAGE_CACHE.current().put(cache_key.parts, cached)
    return _response(cached, cache_key.reader)


def _response(cached: CachedPage, reader: SessionUser | None) -> Response:
    etag = _digest(cached.etag, reader) if reader else cached.etag
    if request.if_none_match.contains_weak(etag):
        response = current_app.response_class(status=304)
    elif request.accept_encodings["gzip"]:
        response = current_app.response_class(_recompressed(cached.body, reader))
        response.headers["Content-Encoding"] = "gzip"
    else:
        body = zlib.decompress(cached.body, _GZIP)
        response = current_app.response_class(_for_reader(body, reader))
    response.headers["ETag"] = f'W/"{etag}"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie, Authorization, Accept"
    return response


def _recompressed(body: bytes, reader: SessionUser | None) -> bytes:
    if reader is None:
        return body
    # The fastest level: higher ones cost more time than they save in transfer.
    return zlib.compress(_for_reader(zlib.decompress(body, _GZIP), reader), 1, _GZIP)


def _for_reader(body: bytes, reader: SessionUser | None) -> bytes:
    """`body` with the placeholders replaced for the reader, encoded for HTML or URL."""
    if reader is not None:
        for encode, placeholder in _ENCODED_PLACEHOLDERS:
            body = body.replace(placeholder, str(encode(reader.username)).encode())
        body = body.replace(_ENCODED_UNREAD, unread_badge(reader.unread_count).encode())
    return body


def page_etag(page: PageView) -> str:
    """An entity tag that changes whenever anything that `page` shows changes."""
    return _digest(
        build_fingerprint(),
        page.renderer,
        page.id,
        page.path,
        page.revision_number,
        page.updated_by,
        page.activity,
        sorted(page.extras.items()),
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

"""`/sitemap.xml` and `/llms.txt`: the public pages, cached for all clients."""

import zlib
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from flask import Blueprint, Response, abort, render_template, request

from wiki.access.permissions import anonymous_viewer
from wiki.app_state import AppState, current_settings
from wiki.hub.crawling.llms import Outline, outline_of_wiki
from wiki.hub.crawling.sitemap import PAGES_A_PART, part_count
from wiki.identity.current import current_identity
from wiki.pages.presentation.page_cache import build_fingerprint, wiki_state
from wiki.pages.queries.page_lists import page_addresses
from wiki.sized_cache import SizedCache

MAX_CACHE_BYTES = 4 * 1024 * 1024  # of cached responses in one process, compressed


class _Made(NamedTuple):
    etag: str
    body: bytes  # compressed


MADE = AppState[SizedCache[_Made]](
    "crawling", lambda: SizedCache(MAX_CACHE_BYTES, lambda made: len(made.body))
)

crawling = Blueprint("crawling", __name__)


@crawling.get("/llms.txt")
def llms() -> Response:
    """The wiki’s `/llms.txt`. Source: https://llmstxt.org."""
    return _list("text/plain", _llms)


@crawling.get("/sitemap.xml")
def sitemap() -> Response:
    """A sitemap of all pages, or an index of sitemaps if there are too many (sitemaps.org)."""
    return _list("application/xml", _sitemap)


@crawling.get("/sitemap-<id:number>.xml")
def sitemap_part(number: int) -> Response:
    return _list("application/xml", lambda: _part(number))


def _llms() -> str:
    outline: Outline = outline_of_wiki(anonymous_viewer())
    return render_template("hub/llms.txt", outline=outline, host=_host())


def _sitemap() -> str:
    count = part_count(anonymous_viewer())
    if count <= 1:
        return _part(1)
    return render_template("hub/sitemap_index.xml", numbers=range(1, count + 1))


def _part(number: int) -> str:
    before = (number - 1) * PAGES_A_PART
    pages = page_addresses(anonymous_viewer(), offset=before, limit=PAGES_A_PART) if number else []
    if not pages and number != 1:
        abort(404)
    return render_template("hub/sitemap.xml", pages=pages, host=_host())


def _host() -> str:
    """Scheme and host of this wiki, to put before paths."""
    return request.host_url.removesuffix("/")


def _list(media_type: str, make: Callable[[], str]) -> Response:
    """The cached response, unless something that appears in it has changed."""
    if not current_settings().public_reading:
        abort(404)
    seen = (request.base_url, wiki_state(), current_identity().version, build_fingerprint())
    made, etag = MADE.current().get(request.base_url), sha256(repr(seen).encode()).hexdigest()[:32]
    if made is None or made.etag != etag:
        made = _Made(etag, zlib.compress(make().encode()))
        MADE.current().put(request.base_url, made)
    body = zlib.decompress(made.body)
    response = Response(body, content_type=f"{media_type}; charset=utf-8")
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response

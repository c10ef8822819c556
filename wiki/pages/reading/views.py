"""Shows a page, now or at an old revision, its source, and its backlinks."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any, TypeAlias

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from wiki.access.permissions import current_viewer
from wiki.markup import is_cut
from wiki.markup.text.direction import direction_of
from wiki.markup.text.excerpt import opening_words
from wiki.pages.blueprint import pages
from wiki.pages.errors import PageNotFound
from wiki.pages.presentation.old_renderings import render_old_revision
from wiki.pages.presentation.page_cache import (
    UNREAD_PLACEHOLDER,
    USERNAME_PLACEHOLDER,
    CacheKey,
    build_response,
    cache_key_for,
    cached_response,
)
from wiki.pages.presentation.personalize import (
    personalized_page,
    personalized_rendering,
    with_block_directions,
)
from wiki.pages.presentation.rerender import with_current_rendering
from wiki.pages.queries.backlinks import backlinks
from wiki.pages.queries.page_queries import (
    MAX_SUBPAGES,
    PageView,
    is_former_name,
    page_as_of,
    page_at,
    visible_page,
)
from wiki.pages.queries.revisions import load_revisions
from wiki.pages.reading.breadcrumbs import breadcrumbs
from wiki.pages.reading.folder_views import folder_at_its_own_address
from wiki.pages.reading.page_lookup import requested_number, requested_page
from wiki.pages.reading.page_markdown import SUFFIX, page_as_markdown, prefers_markdown, source_of
from wiki.rate_limits.keys import network_key
from wiki.search.service import SEARCH

Outline: TypeAlias = Sequence[Sequence[Any]]  # (level, id, text)


@pages.get("/wiki/")
def root() -> ResponseReturnValue:
    """Redirect to the front page, which is above all pages."""
    return redirect(url_for("hub.front"))


@pages.get("/wiki/<wikipath:path>")
def read(path: str) -> ResponseReturnValue:
    """The page at `path`, as HTML or Markdown."""
    if prefers_markdown():
        return _without_html(path)
    cache_key = cache_key_for(path)
    if cached := cached_response(cache_key):
        return _log_opened(cached, path)
    try:
        page = page_at(current_viewer(), path)
    except PageNotFound:
        return _without_html(path) if path.endswith(SUFFIX) else folder_at_its_own_address(path)
    if "revision" in request.args:
        return _old_revision(page)
    if page.path != path:
        return _redirect_to(page, path)
    return _current_page(cache_key, with_current_rendering(page))


def _without_html(path: str) -> ResponseReturnValue:
    """The page as Markdown, or the list of pages below if there is no page."""
    with suppress(PageNotFound):
        return page_as_markdown(path)
    return folder_at_its_own_address(path)


def _redirect_to(page: PageView, path: str) -> ResponseReturnValue:
    """Redirect to the page’s own URL, permanently if `path` is just another spelling.

    Pages below `path` take precedence over a page elsewhere with this title.
    """
    if not page.is_same_name(path) and not is_former_name(current_viewer(), path):
        with suppress(PageNotFound):
            return folder_at_its_own_address(path)
    address = url_for(".read", path=page.path)
    response = redirect(address, 301 if page.is_same_name(path) else 302)
    # A later rename may reverse it: a browser that cached both would loop.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _current_page(cache_key: CacheKey | None, page: PageView) -> ResponseReturnValue:
    path = page.path
    # Of its own text, not of embedded pages.
    description = page.summary or opening_words(page.slotted)
    page, html = personalized_page(page)
    body = partial(
        _page,
        page,
        html,
        page.outline,
        description=description,
        signed_in_as=USERNAME_PLACEHOLDER,
        unread_badge=UNREAD_PLACEHOLDER,
    )
    return _log_opened(build_response(cache_key, page, body), path)


def _log_opened(response: Response, path: str) -> Response:
    """`response`, after counting the page as opened if the reader gets the whole page."""
    is_fetched_ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
    if request.method == "GET" and response.status_code == HTTPStatus.OK and not is_fetched_ahead:
        reader = f"{current_user.id}" if current_user.is_authenticated else network_key()
        SEARCH.current().opened.note(path, reader)
    return response


def _page(page: PageView, html: Markup, outline: Outline, **more: object) -> str:
    direction = direction_of(f"{page.title} {html}")
    return render_template(
        "pages/reading/read.html",
        page=page,
        html=with_block_directions(html, direction),
        outline=outline,
        direction=direction,
        most_below=MAX_SUBPAGES,
        is_cut=is_cut(html),
        breadcrumbs=breadcrumbs(page.path),
        **more,
    )


def _old_revision(page: PageView) -> str:
    """An old revision, as much of it as a page may contain."""
    (revision,) = load_revisions(page.id, [requested_number("revision")])
    rendered = render_old_revision(revision.text, page.path)
    outline = [(heading.level, heading.id, heading.text) for heading in rendered.outline]
    html = personalized_rendering(rendered, page.id, page.path)
    return _page(page_as_of(page, revision), html, outline)


@pages.get("/raw/<wikipath:path>")
def raw(path: str) -> ResponseReturnValue:
    """The Markdown source of a page or of one of its revisions."""
    return source_of(requested_page(path))


@pages.get("/links/<wikipath:path>")
def links(path: str) -> ResponseReturnValue:
    """The backlinks of a page."""
    page = visible_page(current_viewer(), path)
    found = backlinks(current_viewer(), page)
    return render_template("pages/reading/links.html", page=page, backlinks=found)

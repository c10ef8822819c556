"""Finds the page and revision that a request is about, including deleted pages."""

from flask import request, url_for

from wiki.access.permissions import current_viewer
from wiki.pages.errors import PageNotFound, RevisionNotFound
from wiki.pages.models import Page
from wiki.pages.queries.page_queries import deleted_page, visible_page
from wiki.web.request_values import parse_number


def requested_page(path: str) -> Page:
    """The page at `path` or, for viewers who may restore it, the one deleted there.

    `?deleted=ID` chooses one of several deleted pages, or one at a path that another page has now.
    Raises `PageNotFound`.
    """
    if "deleted" not in request.args:
        try:
            return visible_page(current_viewer(), path)
        except PageNotFound:
            pass
    return requested_deleted_page(path)


def requested_deleted_page(path: str) -> Page:
    """The page last deleted at `path`, or the one of `?deleted=ID`.

    Raises `PageNotFound`, also for viewers who may not restore it.
    """
    page_id = parse_number(request.args.get("deleted"))
    if page_id is None and "deleted" in request.args:
        raise PageNotFound(path)
    page = deleted_page(current_viewer(), path, page_id)
    if page is None:
        raise PageNotFound(path)
    return page


def history_url(page: Page) -> str:
    """The URL of the page’s history; for a deleted page it contains the id."""
    return url_for(".history", path=page.path, deleted=page.id if page.deleted_at else None)


def requested_number(name: str) -> int:
    """A revision number from the query string. Raises `RevisionNotFound`."""
    number = parse_number(request.args.get(name))
    if number is None:
        raise RevisionNotFound(request.args.get(name))
    return number

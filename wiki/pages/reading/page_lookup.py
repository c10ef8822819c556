"""Which page and revision a request asks for, deleted pages included."""

from flask import request, url_for

from wiki.access.permissions import current_viewer
from wiki.pages.errors import PageNotFound, RevisionNotFound
from wiki.pages.models import Page
from wiki.pages.queries.page_queries import deleted_page, visible_page
from wiki.web.request_values import parse_number


def requested_page(path: str) -> Page:
    """The page at `path`, or for viewers who may restore it, the one deleted there.

    `?deleted=ID` chooses among several deleted ones, or one whose path another page has now.
    Raises `PageNotFound`.
    """
    if "deleted" not in request.args:
        try:
            return visible_page(current_viewer(), path)
        except PageNotFound:
            pass
    return requested_deleted_page(path)


def requested_deleted_page(path: str) -> Page:
    """The page deleted at `path`: the last one, or that of `?deleted=ID`.

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
    """The address of the page's history, which a deleted page has by its id."""
    return url_for(".history", path=page.path, deleted=page.id if page.deleted_at else None)


def requested_number(name: str) -> int:
    """A revision's number out of the query string. Raises `RevisionNotFound`."""
    number = parse_number(request.args.get(name))
    if number is None:
        raise RevisionNotFound(request.args.get(name))
    return number

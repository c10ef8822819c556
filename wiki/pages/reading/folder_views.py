"""Lists the pages below a path; without a page, at the path’s own URL."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wiki.access.permissions import current_viewer
from wiki.naming import title_of_path
from wiki.pages.blueprint import pages
from wiki.pages.errors import PageNotFound
from wiki.pages.models import Page
from wiki.pages.queries.folders import Folder, folder_at, folder_entries
from wiki.pages.queries.page_queries import restorable_page_at, visible_page
from wiki.pages.reading.breadcrumbs import breadcrumbs
from wiki.pages.urls import page_url
from wiki.web.pagination import paginate


@pages.get("/below/<wikipath:path>")
def below(path: str) -> ResponseReturnValue:
    """The pages below a page; redirects to the path’s own URL if it has no page."""
    viewer = current_viewer()
    try:
        page = visible_page(viewer, path)
    except PageNotFound:
        return redirect(page_url(folder_at(viewer, path).path))
    return _show(folder_at(viewer, page.path), page)


def folder_at_its_own_address(path: str) -> ResponseReturnValue:
    """The pages below a path without a page. Raises `PageNotFound` if there are none."""
    if "revision" in request.args:
        raise PageNotFound(path)
    folder = folder_at(current_viewer(), path)
    if folder.path != path:
        return redirect(url_for(".read", path=folder.path), 301)
    return _show(folder)


def _show(folder: Folder, page: Page | None = None) -> str:
    viewer, pagination = current_viewer(), paginate(folder.count)
    return render_template(
        "pages/reading/folder.html",
        folder=folder,
        page=page,
        title=page.title if page else title_of_path(folder.path),
        children=folder_entries(
            viewer, folder, offset=pagination.offset, limit=pagination.per_page
        ),
        deleted=None if page else restorable_page_at(viewer, folder.path),
        breadcrumbs=breadcrumbs(folder.path),
        pagination=pagination,
    )

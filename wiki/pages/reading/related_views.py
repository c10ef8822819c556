"""Pages related to a page: as a page, and as an HTML fragment for the foot of that page."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from wiki.access.permissions import current_viewer
from wiki.kinds.current import all_kinds
from wiki.pages.blueprint import pages
from wiki.pages.queries.page_queries import visible_page
from wiki.search.listing import PAGE_LOOKUPS, pages_like
from wiki.search.service import SEARCH

MOST_RELATED = 5  # at the foot of a page
MOST_LISTED = 20


@pages.get("/related/<wikipath:path>")
def related(path: str) -> ResponseReturnValue:
    """The related pages; `?part=foot` returns the fragment, for a script."""
    viewer, is_foot = current_viewer(), request.args.get("part") == "foot"
    page = visible_page(viewer, path)
    count = MOST_RELATED if is_foot else MOST_LISTED
    found = pages_like(SEARCH.current(), PAGE_LOOKUPS.current(), viewer, page.id, count)
    name = "related_foot" if is_foot else "related"
    shown = render_template(f"pages/reading/{name}.html", page=page, found=found, kinds=all_kinds())
    response = make_response(shown)
    response.headers["Cache-Control"] = "private, no-cache"
    return response

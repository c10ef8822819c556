"""Shows which revision introduced each line."""

from flask import render_template
from flask.typing import ResponseReturnValue

from wiki.access.permissions import current_viewer
from wiki.pages.blueprint import pages
from wiki.pages.budget import Budget
from wiki.pages.diffing.blame import MAX_LINES, blame, group_by_origin
from wiki.pages.queries.page_queries import visible_page
from wiki.pages.queries.revisions import (
    relinked_numbers,
    restored_sources,
    revision_authors,
    texts_newest_first,
)


@pages.get("/blame/<wikipath:path>", endpoint="blame")
def show_blame(path: str) -> ResponseReturnValue:
    """The lines of a page with the revision that introduced each."""
    page = visible_page(current_viewer(), path)
    revisions = texts_newest_first(page.id)
    lines = blame(revisions, restored_sources(page.id), relinked=relinked_numbers(page.id))
    budget = Budget()
    found = group_by_origin(lines[:MAX_LINES], budget)
    return render_template(
        "pages/history/blame.html",
        page=page,
        runs=found,
        authors=revision_authors(page.id, {number for number, _, _ in found}),
        is_cut=budget.is_out_of_size or len(lines) > MAX_LINES,
    )

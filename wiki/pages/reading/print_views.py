"""A page and all pages below it as one document for printing."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from wiki.access.permissions import current_viewer
from wiki.naming import title_of_path
from wiki.pages.blueprint import pages
from wiki.pages.presentation.chapters import MAX_CHAPTERS, TooManyChapters, chapters_at
from wiki.pages.reading.breadcrumbs import breadcrumbs


@pages.get("/print/<wikipath:path>")
def print_tree(path: str) -> ResponseReturnValue:
    """The document; 413 if it is too large."""
    shown = {"path": path, "breadcrumbs": breadcrumbs(path), "title": title_of_path(path)}
    try:
        chapters = chapters_at(current_viewer(), path)
    except TooManyChapters as error:
        refusal = {"most": MAX_CHAPTERS, "is_long": error.is_long}
        return render_template("pages/reading/print.html", **refusal, **shown), 413
    if chapters[0].depth == 0:
        shown["title"] = chapters[0].page.title
    response = make_response(
        render_template("pages/reading/print.html", chapters=chapters, **shown)
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag(weak=True)
    return response.make_conditional(request)

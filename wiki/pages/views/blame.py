"""Which revision each line comes from."""

from flask import render_template
from flask.typing import ResponseReturnValue

from wiki.access import current_viewer
from wiki.pages.blame import blame, runs
from wiki.pages.read import visible_page
from wiki.pages.revisions import authorship, texts_backwards
from wiki.pages.views.blueprint import pages


@pages.get("/blame/<wikipath:path>", endpoint="blame")
def show_blame(path: str) -> ResponseReturnValue:
    page = visible_page(current_viewer(), path)
    found = runs(blame(texts_backwards(page.id)))
    authors = authorship(page.id, {number for number, _, _ in found})
    return render_template("pages/blame.html", page=page, runs=found, authors=authors)

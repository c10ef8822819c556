"""Which revision each line comes from."""

from itertools import groupby

from flask import render_template
from flask.typing import ResponseReturnValue

from wiki.access import current_viewer
from wiki.pages.blame import blame
from wiki.pages.read import visible_page
from wiki.pages.revisions import authorship, texts_backwards
from wiki.pages.views.blueprint import pages


@pages.get("/blame/<wikipath:path>", endpoint="blame")
def show_blame(path: str) -> ResponseReturnValue:
    page = visible_page(current_viewer(), path)
    lines = blame(texts_backwards(page.id))
    runs = [
        (number, is_earlier, [line.text for line in run])
        for (number, is_earlier), run in groupby(lines, lambda line: (line.number, line.is_earlier))
    ]
    return render_template(
        "pages/blame.html",
        page=page,
        runs=runs,
        authors=authorship(page.id, {number for number, _, _ in runs}),
    )

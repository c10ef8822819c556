"""The difference of two revisions."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from wiki.pages.details import changed_details
from wiki.pages.diff import diff_texts
from wiki.pages.revisions import revisions
from wiki.pages.views.blueprint import pages
from wiki.pages.views.reading import asked_number
from wiki.pages.views.remembering import asked_page


@pages.get("/diff/<wikipath:path>")
def diff(path: str) -> ResponseReturnValue:
    """From one revision to another; without numbers, what the last change did."""
    page = asked_page(path)
    to = asked_number("to") if "to" in request.args else page.revision_count
    origin = asked_number("from") if "from" in request.args else max(1, to - 1)
    older, newer = revisions(page.id, sorted([origin, to]))
    return render_template(
        "pages/diff.html",
        page=page,
        older=older,
        newer=newer,
        details=changed_details(older, newer),
        diff=diff_texts(older.text, newer.text),
        view="inline" if request.args.get("view") == "inline" else "side",
    )

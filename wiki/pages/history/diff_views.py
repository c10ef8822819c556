"""The diff of two revisions."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from wiki.access.permissions import can_review, current_viewer
from wiki.pages.blueprint import pages
from wiki.pages.diffing.diff import CONTEXT_LINES, diff_texts
from wiki.pages.history import reviews
from wiki.pages.history.metadata_diff import metadata_changes
from wiki.pages.history.rendered_diff_views import rendered_diff
from wiki.pages.models import Page
from wiki.pages.queries.revisions import RevisionView, load_revisions
from wiki.pages.reading.page_lookup import requested_number, requested_page
from wiki.web.request_values import parse_numbers

DIFF_VIEWS = ("side", "inline", "rendered")
MAX_OPEN_FOLDS = 100  # beyond that, `context` shows everything


@pages.get("/diff/<wikipath:path>")
def diff(path: str) -> ResponseReturnValue:
    """The diff of two revisions; without numbers in the query string, the last change."""
    page = requested_page(path)
    to = requested_number("to") if "to" in request.args else page.revision_count
    origin = requested_number("from") if "from" in request.args else max(1, to - 1)
    older, newer = load_revisions(page.id, sorted([origin, to]))
    return render_template(
        "pages/history/diff.html",
        page=page,
        older=older,
        newer=newer,
        details=metadata_changes(older, newer),
        **_comparison(page, older, newer),
        **_review_state(newer),
    )


def _comparison(page: Page, older: RevisionView, newer: RevisionView) -> dict[str, Any]:
    view = request.args.get("view", "")
    context = next(iter(_numbers("context")), CONTEXT_LINES)
    opened = _numbers("open")
    is_rendered = view == "rendered" and older.erased_at is None and newer.erased_at is None
    return {
        "diff": diff_texts(older.text, newer.text, context, opened=frozenset(opened)),
        "rendered": rendered_diff(page, older, newer) if is_rendered else None,
        "view": view if view in DIFF_VIEWS else "side",
        "context": context,
        "opened": opened,
    }


def _numbers(name: str) -> list[int]:
    return parse_numbers(request.args.getlist(name)[:MAX_OPEN_FOLDS])


def _review_state(newer: RevisionView) -> dict[str, Any]:
    """Who has reviewed the later revision, for reviewers."""
    if not can_review(current_viewer()):
        return {"looked": None}
    return {"looked": reviews.reviewers_of([newer.id]).get(newer.id, ())}

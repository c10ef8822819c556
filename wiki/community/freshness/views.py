"""Freshness over HTTP: a page's state, reports and answers, and the list of due pages."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import Forbidden, members_only
from wiki.access.permissions import can_edit, current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.community.freshness import forms, reports
from wiki.community.freshness.blueprint import freshness
from wiki.community.freshness.due import due_among, due_pages, is_obsolete
from wiki.community.freshness.forms import FreshnessForm
from wiki.community.freshness.models import REASON_LIMIT
from wiki.pages.models import Page
from wiki.pages.queries.page_queries import visible_page
from wiki.pages.writing.conflicts import EditConflict
from wiki.rate_limits import count_attempt
from wiki.web.pagination import paginate

REPORT_RATE = "10 per hour; 30 per day"  # reports of one person, on all pages together
ANSWER_RATE = "30 per minute; 600 per hour"  # as for saves


@freshness.get("/board/due")
@members_only
def due() -> ResponseReturnValue:
    found = due_pages(current_viewer())
    pagination = paginate(len(found))
    shown = found[pagination.offset : pagination.offset + pagination.per_page]
    return render_template("community/freshness/due.html", pages=shown, pagination=pagination)


@freshness.get("/freshness/<wikipath:path>")
def state(path: str) -> ResponseReturnValue:
    return _show(visible_page(current_viewer(), path), FreshnessForm(formdata=None))


@freshness.post("/freshness/<wikipath:path>")
@members_only
def answer(path: str) -> ResponseReturnValue:
    """Store a reader's report or an editor's answer, as the button says."""
    page, form = visible_page(current_viewer(), path), FreshnessForm()
    if not form.validate_on_submit():
        return _show(page, form), 422
    try:
        _say(page, form) if form.answer.data in forms.FOR_READERS else _decide(page, form)
    except EditConflict:
        form.reject("summary", _("Somebody has changed the page meanwhile. Look at it again."))
        return _show(page, form), 409
    return redirect(url_for("pages.read", path=page.path), 303)


def _say(page: Page, form: FreshnessForm) -> None:
    """Store or withdraw a report. Raises `LimitReached`."""
    viewer = current_viewer()
    if form.answer.data == forms.WITHDRAW:
        reports.withdraw_report(viewer, page)
        flash(_("Withdrawn."), "ok")
        return
    count_attempt(REPORT_RATE, "reports", viewer.user_id, what="saves")
    reports.report_page(viewer, page, form.reason.data or "", seen=form.seen)
    flash(_("Thank you. Those who edit this page see what you said."), "ok")


def _decide(page: Page, form: FreshnessForm) -> None:
    """Carry out an editor's answer. Raises `Forbidden`, `LimitReached`, `EditConflict`."""
    viewer = current_viewer()
    if not can_edit(viewer, page):
        raise Forbidden
    count_attempt(ANSWER_RATE, "answers", viewer.user_id, what="saves")
    if form.answer.data == forms.RIGHT:
        if reports.confirm_page(viewer, page, seen_until=form.seen_until):
            flash(_("Thank you. A reader has reported something since: see below."), "warn")
        else:
            flash(_("Thank you. The page is no longer due for review."), "ok")
        return
    reports.mark_obsolete(
        page,
        form.seen,
        by=signed_in_user(),
        summary=form.summary.data or "",
        is_obsolete=form.answer.data == forms.OBSOLETE,
    )
    marked = _("Marked as obsolete. Its history and its text are kept.")
    flash(marked if form.answer.data == forms.OBSOLETE else _("No longer obsolete."), "ok")


def _show(page: Page, form: FreshnessForm) -> str:
    viewer = current_viewer()
    return render_template(
        "community/freshness/page.html",
        page=page,
        form=form,
        due=next(iter(due_among(viewer, [page.id])), None),
        reports=reports.open_reports(page),
        is_obsolete=is_obsolete(page),
        reason_limit=REASON_LIMIT,
    )

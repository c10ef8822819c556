"""Erasing a revision's text for good."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access import can_administer, current_viewer
from wiki.pages.erase import ReasonMissing, erase
from wiki.pages.errors import Forbidden
from wiki.pages.forms import EraseForm
from wiki.pages.history import revisions
from wiki.pages.models import Page
from wiki.pages.read import visible_page
from wiki.pages.views.blueprint import editors_only, pages, person
from wiki.pages.views.reading import asked_number


@pages.route("/erase/<wikipath:path>", methods=["GET", "POST"], endpoint="erase")
@editors_only
def erase_revision(path: str) -> ResponseReturnValue:
    viewer = current_viewer()
    page = visible_page(viewer, path)
    if not can_administer(viewer):
        raise Forbidden
    form = EraseForm()
    number = form.revision.data or asked_number("revision")
    if not form.validate_on_submit():
        return _ask(page, form, number)
    return _erase(page, form, number)


def _ask(page: Page, form: EraseForm, number: int) -> str:
    form.revision.data = number
    (revision,) = revisions(page.id, [number])
    return render_template("pages/erase.html", page=page, form=form, revision=revision)


def _erase(page: Page, form: EraseForm, number: int) -> ResponseReturnValue:
    try:
        numbers = erase(
            page.id,
            number,
            by=person(),
            why=form.summary.data or "",
            containing=form.containing.data or "",
        )
    except ReasonMissing:
        form.reject("summary", _("Say why: whoever finds the gap will ask."))
        return _ask(page, form, number), 422
    erased = ", ".join(map(str, numbers))
    flash(_("Erased for good: revision %(numbers)s.", numbers=erased), "ok")
    return redirect(url_for(".history", path=page.path), 303)

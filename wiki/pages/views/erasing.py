"""Erasing a revision's text for good."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from wiki.access import can_administer, current_viewer
from wiki.access.doors import editors_only
from wiki.pages.erase import SHORTEST, Erased, Erasure, PhraseTooShort, ReasonMissing, erase
from wiki.pages.errors import Forbidden, RevisionErased
from wiki.pages.forms import EraseForm
from wiki.pages.models import Page
from wiki.pages.revisions import revisions
from wiki.pages.views.blueprint import pages, person
from wiki.pages.views.reading import asked_number
from wiki.pages.views.remembering import asked_page, history_url


@pages.route("/erase/<wikipath:path>", methods=["GET", "POST"], endpoint="erase")
@editors_only
def erase_revision(path: str) -> ResponseReturnValue:
    page = asked_page(path)
    if not can_administer(current_viewer()):
        raise Forbidden
    form = EraseForm()
    number = form.revision.data or asked_number("revision")
    if not form.validate_on_submit():
        return _ask(page, form, number)
    return _erase(page, form, number)


def _ask(page: Page, form: EraseForm, number: int) -> str:
    form.revision.data = number
    (revision,) = revisions(page.id, [number])
    if revision.erased_why is not None:
        raise RevisionErased
    return render_template("pages/erase.html", page=page, form=form, revision=revision)


def _erase(page: Page, form: EraseForm, number: int) -> ResponseReturnValue:
    asked = Erasure(
        number,
        why=form.summary.data or "",
        containing=form.containing.data or "",
        is_everywhere=bool(form.everywhere.data),
    )
    try:
        erased = erase(page.id, asked, by=person())
    except ReasonMissing:
        form.reject("summary", _("Say why: whoever finds the gap will ask."))
        return _ask(page, form, number), 422
    except PhraseTooShort:
        form.reject("containing", _("Give at least %(count)s characters.", count=SHORTEST))
        return _ask(page, form, number), 422
    _tell(erased)
    return redirect(history_url(page), 303)


def _tell(erased: Erased) -> None:
    numbers = ", ".join(map(str, erased.numbers)) or "–"
    flash(_("Erased for good: revision %(numbers)s.", numbers=numbers), "ok")
    if erased.elsewhere:
        words = ngettext(
            "And %(num)s revision of another page.",
            "And %(num)s revisions of other pages.",
            erased.elsewhere,
        )
        flash(words, "ok")
    if erased.is_in_path:
        flash(_("The page's address still holds it: rename the page, then erase again."), "warn")

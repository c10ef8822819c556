"""The view that erases the text of a revision, and a phrase wherever it occurs."""

from dataclasses import replace

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import check_permission, editors_only
from wiki.access.permissions import can_administer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.files.messages import erasure_limits
from wiki.pages.blueprint import pages
from wiki.pages.erasure.erase import (
    MIN_PHRASE_LENGTH,
    ErasureResult,
    PhraseTooShort,
    ReasonMissing,
    erase_revision,
    preview_erasure,
)
from wiki.pages.erasure.forms import EraseForm
from wiki.pages.erasure.messages import flash_erased, list_found, list_warnings
from wiki.pages.erasure.request import ErasureRequest
from wiki.pages.errors import RevisionErased
from wiki.pages.models import Page
from wiki.pages.queries.revisions import load_revisions
from wiki.pages.reading.page_lookup import history_url, requested_number, requested_page


@pages.route("/erase/<wikipath:path>", methods=["GET", "POST"])
@editors_only
def erase_page(path: str) -> ResponseReturnValue:
    """Preview an erasure, then carry it out."""
    page = requested_page(path)
    check_permission(can_administer)
    form = EraseForm()
    number = form.revision.data or requested_number("revision")
    if not form.validate_on_submit():
        return _ask(page, form, number)
    try:
        return _preview_or_erase(page, form, number)
    except ReasonMissing:
        form.reject("summary", _("Give a reason: it is shown where the text was."))
    except PhraseTooShort:
        form.reject(
            "containing", _("Enter at least %(count)s characters.", count=MIN_PHRASE_LENGTH)
        )
    return _ask(page, form, number), 422


def _preview_or_erase(page: Page, form: EraseForm, number: int) -> ResponseReturnValue:
    erasure = _requested(form, number)
    is_other = bool(form.looked_for.data) and form.looked_for.data != _looked_for(form)
    if request.form.get("action") == "look" or is_other:
        return _show_found(page, form, replace(erasure, contents=None))
    flash_erased(erase_revision(page.id, erasure, by=signed_in_user()))
    return redirect(history_url(page), 303)


def _ask(page: Page, form: EraseForm, number: int, found: ErasureResult | None = None) -> str:
    form.revision.data = number
    (revision,) = load_revisions(page.id, [number])
    if revision.erased_why is not None:
        raise RevisionErased
    return render_template(
        "pages/erasure/erase.html",
        page=page,
        form=form,
        revision=revision,
        found=found,
        found_lines=list_found(found) if found else (),
        found_warnings=list_warnings(found) if found else (),
        erasure_limits=erasure_limits(),
    )


def _requested(form: EraseForm, number: int) -> ErasureRequest:
    has_chosen = bool(form.looked_for.data)
    return ErasureRequest(
        number,
        why=form.summary.data or "",
        containing=form.containing.data or "",
        is_everywhere=bool(form.everywhere.data),
        in_any_case=bool(form.capitals.data),
        with_files=has_chosen or bool(form.files.data),
        contents=frozenset(form.contents.data or ()) if has_chosen else None,
    )


def _looked_for(form: EraseForm) -> str:
    """Identifies the search to which a choice of files belongs; others find other files."""
    boxes = (form.everywhere, form.capitals)
    words = " ".join((form.containing.data or "").split())
    return f"{''.join('1' if box.data else '0' for box in boxes)} {words}"


def _show_found(page: Page, form: EraseForm, erasure: ErasureRequest) -> str:
    found = preview_erasure(page.id, erasure, by=signed_in_user())
    form.looked_for.data = _looked_for(form)
    return _ask(page, form, erasure.number, found)

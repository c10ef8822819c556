"""Erasing a revision's text for good, and a phrase wherever it stands."""

from dataclasses import replace

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from wiki.access.decorators import admins_only
from wiki.files.messages import bytes_left, not_reached
from wiki.pages.blueprint import pages, person
from wiki.pages.erasure.erase import (
    MIN_PHRASE_LENGTH,
    ErasureRequest,
    ErasureResult,
    PhraseTooShort,
    ReasonMissing,
    erase_revision,
    preview_erasure,
)
from wiki.pages.erasure.forms import EraseForm
from wiki.pages.errors import RevisionErased
from wiki.pages.models import Page
from wiki.pages.queries.revisions import revisions
from wiki.pages.reading.page_lookup import history_url, requested_page
from wiki.pages.reading.views import asked_number


@pages.route("/erase/<wikipath:path>", methods=["GET", "POST"])
@admins_only
def erase(path: str) -> ResponseReturnValue:
    page = requested_page(path)
    form = EraseForm()
    number = form.revision.data or asked_number("revision")
    if not form.validate_on_submit():
        return _ask(page, form, number)
    try:
        return _look_or_erase(page, form, number)
    except ReasonMissing:
        form.reject("summary", _("Say why: whoever finds the gap will ask."))
    except PhraseTooShort:
        form.reject("containing", _("Give at least %(count)s characters.", count=MIN_PHRASE_LENGTH))
    return _ask(page, form, number), 422


def _look_or_erase(page: Page, form: EraseForm, number: int) -> ResponseReturnValue:
    asked = _asked(form, number)
    is_other = bool(form.looked_for.data) and form.looked_for.data != _looked_for(form)
    if request.form.get("action") == "look" or is_other:
        return _show_found(page, form, replace(asked, contents=None))
    _tell(erase_revision(page.id, asked, by=person()))
    return redirect(history_url(page), 303)


def _ask(page: Page, form: EraseForm, number: int, found: ErasureResult | None = None) -> str:
    form.revision.data = number
    (revision,) = revisions(page.id, [number])
    if revision.erased_why is not None:
        raise RevisionErased
    return render_template(
        "pages/erasure/erase.html",
        page=page,
        form=form,
        revision=revision,
        found=found,
        found_words=_reached(found) if found else (),
        found_warnings=_warnings(found) if found else (),
        not_reached=not_reached(),
    )


def _asked(form: EraseForm, number: int) -> ErasureRequest:
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
    """What the choice of files belongs to: another phrase finds others."""
    boxes = (form.everywhere, form.capitals)
    words = " ".join((form.containing.data or "").split())
    return f"{''.join('1' if box.data else '0' for box in boxes)} {words}"


def _show_found(page: Page, form: EraseForm, asked: ErasureRequest) -> str:
    found = preview_erasure(page.id, asked, by=person())
    form.looked_for.data = _looked_for(form)
    return _ask(page, form, asked.number, found)


def _tell(erased: ErasureResult) -> None:
    numbers = ", ".join(map(str, erased.numbers)) or "–"
    flash(_("Erased for good: revision %(numbers)s.", numbers=numbers), "ok")
    if erased.elsewhere:
        words = ngettext(
            "And %(num)s revision of another page.",
            "And %(num)s revisions of other pages.",
            erased.elsewhere,
        )
        flash(words, "ok")
    if counts := ", ".join(_counted(erased)):
        flash(_("Also erased: %(places)s.", places=counts), "ok")
    beside = erased.beside
    if erased.is_in_path:
        flash(_("The page’s address still holds it: rename the page, then erase again."), "warn")
    for words in _warnings(erased):
        flash(words, "warn")
    if erased.undeleted:
        flash(bytes_left(erased.undeleted), "warn")
    if beside.left:
        words = ngettext(
            "%(num)s content of a file holds it still, as you chose.",
            "%(num)s contents of files hold it still, as you chose.",
            beside.left,
        )
        flash(words, "warn")
    flash(not_reached(), "info")


def _reached(found: ErasureResult) -> list[str]:
    """What an erasure would reach, line by line."""
    numbers = ", ".join(map(str, found.numbers)) or "–"
    lines = [_("Texts of this page: revision %(numbers)s", numbers=numbers)]
    if found.elsewhere:
        lines.append(
            ngettext(
                "%(num)s revision of another page",
                "%(num)s revisions of other pages",
                found.elsewhere,
            )
        )
    return lines + _counted(found)


def _counted(erased: ErasureResult) -> list[str]:
    """How many places beside texts hold it, kind by kind; those that hold none are left out."""
    beside = erased.beside
    counts = [
        (beside.drafts, ngettext("%(num)s draft", "%(num)s drafts", beside.drafts)),
        (beside.names, ngettext("%(num)s name of a file", "%(num)s names of files", beside.names)),
        (
            beside.versions,
            ngettext("%(num)s version of a file", "%(num)s versions of files", beside.versions),
        ),
        (
            beside.notes,
            ngettext(
                "%(num)s note or line of a log", "%(num)s notes and lines of logs", beside.notes
            ),
        ),
    ]
    return [words for count, words in counts if count]


def _warnings(erased: ErasureResult) -> list[str]:
    """What holds it and isn't changed, with what to do."""
    beside, words = erased.beside, []
    if count := len(erased.other_paths):
        words.append(
            ngettext(
                "The address of %(num)s other page holds it: rename that, then erase again.",
                "The addresses of %(num)s other pages hold it: rename them, then erase again.",
                count,
            )
        )
    if count := len(beside.people):
        words.append(
            ngettext(
                "The name or e-mail address of %(num)s person holds it: change it by hand.",
                "The names or e-mail addresses of %(num)s people hold it: change them by hand.",
                count,
            )
        )
    if beside.shared:
        words.append(
            ngettext(
                "%(num)s content is that of a file elsewhere, too, and stays there.",
                "%(num)s contents are those of files elsewhere, too, and stay there.",
                beside.shared,
            )
        )
    return words

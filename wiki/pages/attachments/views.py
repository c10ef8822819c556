"""Keeping copies of the pictures that a page shows from elsewhere."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from wiki.access import current_viewer
from wiki.access.decorators import editors_only
from wiki.extensions import limiter
from wiki.files.errors import FileRefused
from wiki.files.messages import message_of
from wiki.files.uploads.remote_images import FetchFailed
from wiki.i18n import lazy as _l
from wiki.pages.attachments.image_copies import (
    Copies,
    make_copies,
    pictures_from_elsewhere,
    show_copies,
)
from wiki.pages.blueprint import pages, person
from wiki.pages.models import Page
from wiki.pages.presentation.responsive_images import abbreviated
from wiki.pages.queries.page_queries import visible_page
from wiki.pages.urls import page_url
from wiki.pages.writing.conflicts import EditConflict
from wiki.web.csrf import ProtectedForm

LIMIT = "30 per minute; 200 per hour"  # presses of one person

_WORDS = {
    "address": _l("Only pictures on the web are fetched, from the usual ports."),
    "unknown-host": _l("There is no %(detail)s."),
    "not-public": _l("%(detail)s is not on the internet."),
    "no-answer": _l("%(detail)s doesn’t answer as it should."),
    "too-slow": _l("It took too long."),
    "too-large": _l("It is larger than a file may be."),
    "status": _l("The answer was %(detail)s instead of a picture."),
    "no-picture": _l("That is no picture of a kind that is taken."),
    "redirects": _l("It leads from one address to the next."),
    "busy": _l("Other pictures are being fetched. Try again in a moment."),
}


@pages.route(
    "/pictures/<wikipath:path>", methods=["GET", "POST"], endpoint="pictures_from_elsewhere"
)
@limiter.limit(LIMIT, methods=["POST"], key_func=lambda: f"copies of {current_viewer().user_id}")
@editors_only
def keep(path: str) -> ResponseReturnValue:
    form = ProtectedForm()
    page = visible_page(current_viewer(), path)
    if not form.validate_on_submit():
        return _ask(page, form, Copies())
    copies = make_copies(page, request.form.getlist("address"), viewer=current_viewer())
    page = visible_page(current_viewer(), path)
    if copies.made and not _is_shown(page, copies):
        return _ask(page, form, copies), 409
    if copies.refused or not copies.made:
        return _ask(page, form, copies), 200 if copies.made else 422
    return redirect(page_url(page.path), 303)


def _is_shown(page: Page, copies: Copies) -> bool:
    """Save the page with its copies, and tell of it."""
    try:
        show_copies(page, copies.made, by=person())
    except EditConflict:
        flash(_("The page was changed meanwhile. Press once more."), "warn")
        return False
    words = ngettext("A copy is kept.", "%(num)s copies are kept.", len(copies.made))
    flash(words, "warn" if copies.refused else "ok")
    return True


def _ask(page: Page, form: ProtectedForm, copies: Copies) -> str:
    return render_template(
        "pages/attachments/pictures.html",
        page=page,
        form=form,
        addresses=pictures_from_elsewhere(page),
        refused={address: _why(error) for address, error in copies.refused.items()},
        abbreviated=abbreviated,
    )


def _why(error: FetchFailed | FileRefused | None) -> str:
    if error is None:
        return str(_("Not tried yet: press once more."))
    if isinstance(error, FileRefused):
        return message_of(error)
    return str(_WORDS[error.reason]) % {"detail": error.detail}

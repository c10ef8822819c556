"""Copies images that a page shows from other sites."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from wiki.access.decorators import editors_only
from wiki.access.permissions import current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.extensions import limiter
from wiki.files.errors import FileRefused
from wiki.files.messages import message_of
from wiki.files.uploads.remote_images import FetchFailed
from wiki.i18n import lazy as _l
from wiki.pages.attachments.image_copies import (
    ImageCopies,
    copy_images,
    remote_image_addresses,
    replace_with_copies,
)
from wiki.pages.blueprint import pages
from wiki.pages.models import Page
from wiki.pages.presentation.responsive_images import shortened_address
from wiki.pages.queries.page_queries import editable_page, visible_page
from wiki.pages.urls import page_url
from wiki.pages.writing.conflicts import EditConflict
from wiki.web.csrf import ProtectedForm

COPY_RATE_LIMIT = "30 per minute; 200 per hour"  # requests of one person

_FETCH_MESSAGES = {
    "address": _l("Only pictures on the web, on standard ports, can be fetched."),
    "unknown-host": _l("%(detail)s doesn’t exist."),
    "not-public": _l("%(detail)s isn’t a public address."),
    "no-answer": _l("%(detail)s didn’t respond as expected."),
    "too-slow": _l("It took too long."),
    "too-large": _l("It is larger than the limit for files."),
    "status": _l("The answer was %(detail)s instead of a picture."),
    "no-picture": _l("It isn’t a picture of an accepted type."),
    "redirects": _l("It redirects too many times."),
    "busy": _l("Other pictures are being fetched. Try again in a moment."),
}


@pages.route(
    "/pictures/<wikipath:path>", methods=["GET", "POST"], endpoint="pictures_from_elsewhere"
)
@limiter.limit(
    COPY_RATE_LIMIT, methods=["POST"], key_func=lambda: f"copies of {current_viewer().user_id}"
)
@editors_only
def keep_copies(path: str) -> ResponseReturnValue:
    """Copy the chosen images, and save the page with the copies instead."""
    form = ProtectedForm()
    page = editable_page(current_viewer(), path)
    if not form.validate_on_submit():
        return _ask(page, form, ImageCopies())
    copies = copy_images(page, request.form.getlist("address"), viewer=current_viewer())
    page = visible_page(current_viewer(), path)
    if copies.made and not _is_saved(page, copies):
        return _ask(page, form, copies), 409
    if copies.refused or not copies.made:
        return _ask(page, form, copies), 200 if copies.made else 422
    return redirect(page_url(page.path), 303)


def _is_saved(page: Page, copies: ImageCopies) -> bool:
    """Save the page with its copies and flash a message; return `False` on a conflict."""
    try:
        replace_with_copies(page, copies.made, by=signed_in_user())
    except EditConflict:
        flash(_("The page has changed in the meantime. Try again."), "warn")
        return False
    words = ngettext("%(num)s copy kept.", "%(num)s copies kept.", len(copies.made))
    flash(words, "warn" if copies.refused else "ok")
    return True


def _ask(page: Page, form: ProtectedForm, copies: ImageCopies) -> str:
    return render_template(
        "pages/attachments/pictures.html",
        page=page,
        form=form,
        addresses=remote_image_addresses(page),
        refused={address: _message_of(error) for address, error in copies.refused.items()},
        abbreviated=shortened_address,
    )


def _message_of(error: FetchFailed | FileRefused | None) -> str:
    if error is None:
        return str(_("Not fetched yet. Try again."))
    if isinstance(error, FileRefused):
        return message_of(error)
    return str(_FETCH_MESSAGES[error.reason]) % {"detail": error.detail}

"""Keeping copies of the pictures that a page shows from elsewhere."""

import time
from collections.abc import Sequence

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from wiki.access import current_viewer
from wiki.access.doors import editors_only
from wiki.extensions import db, limiter
from wiki.files.addresses import file_url
from wiki.files.errors import Refused
from wiki.files.fetching import TIME_LIMIT, NotFetched, Reach, fetch_picture
from wiki.files.read import file_at
from wiki.files.store import MEGABYTE
from wiki.files.words import message_of
from wiki.files.write import upload
from wiki.forgery import ProtectedForm
from wiki.language import lazy as _l
from wiki.pages.addresses import page_url
from wiki.pages.conflicts import EditConflict
from wiki.pages.keeping import keep_copies, pictures_from_elsewhere
from wiki.pages.models import Page
from wiki.pages.pictures import abbreviated
from wiki.pages.read import visible_page, visible_page_by_id
from wiki.pages.store import content_of
from wiki.pages.views.blueprint import pages, person

AT_ONCE = 20  # copies for one press of the button
LIMIT = "30 per minute; 200 per hour"  # presses of one person

_WORDS = {
    "address": _l("Only pictures on the web are fetched, from the usual ports."),
    "unknown-host": _l("There is no %(detail)s."),
    "not-public": _l("%(detail)s is not on the internet."),
    "no-answer": _l("%(detail)s doesn't answer as it should."),
    "too-slow": _l("It took too long."),
    "too-large": _l("It is larger than a file may be."),
    "status": _l("The answer was %(detail)s instead of a picture."),
    "no-picture": _l("That is no picture of a kind that is taken."),
    "redirects": _l("It leads from one address to the next."),
    "busy": _l("Other pictures are being fetched. Try again in a moment."),
    "left": _l("Not tried yet: press once more."),
}


@pages.route(
    "/pictures/<wikipath:path>", methods=["GET", "POST"], endpoint="pictures_from_elsewhere"
)
@limiter.limit(LIMIT, methods=["POST"], key_func=lambda: f"copies of {current_viewer().user_id}")
@editors_only
def keep(path: str) -> ResponseReturnValue:
    page = visible_page(current_viewer(), path)
    form = ProtectedForm()
    if not form.validate_on_submit():
        return _ask(page, form, {})
    asked = set(request.form.getlist("address"))
    chosen = [address for address in _addresses(page) if address in asked]
    page_id = page.id
    db.session.rollback()  # no reader's transaction is held open meanwhile
    copies, refused = _copies(chosen, page_id)
    page = visible_page_by_id(current_viewer(), page_id)
    if copies:
        try:
            keep_copies(page, copies, by=person())
        except EditConflict:
            flash(_("The page was changed meanwhile. Press once more."), "warn")
            return _ask(page, form, refused)
        flash(
            ngettext("A copy is kept.", "%(num)s copies are kept.", len(copies)),
            "warn" if refused else "ok",
        )
    if refused or not copies:
        return _ask(page, form, refused), 422 if not copies else 200
    return redirect(page_url(page.path), 303)


def _copies(addresses: Sequence[str], page_id: int) -> tuple[dict[str, str], dict[str, str]]:
    """Where the copy of each address lies now, and why there is none of the others."""
    copies: dict[str, str] = {}
    refused: dict[str, str] = {}
    deadline = time.monotonic() + TIME_LIMIT
    for number, address in enumerate(addresses):
        if number >= AT_ONCE or time.monotonic() > deadline:
            refused[address] = str(_WORDS["left"])
            continue
        try:
            copies[address] = _copy(address, page_id)
        except NotFetched as error:
            refused[address] = str(_WORDS[error.reason]) % {"detail": error.detail}
        except Refused as error:
            refused[address] = message_of(error)
    return copies, refused


def _copy(address: str, page_id: int) -> str:
    settings = current_app.extensions["nexus"]
    reach: Reach | None = current_app.extensions.get("nexus_reach")
    size_limit = settings.upload_limit * MEGABYTE
    fetched = fetch_picture(
        address, size_limit=size_limit, hosts=settings.picture_hosts, reach=reach
    )
    viewer = current_viewer()
    with fetched.content as content:
        file_id = upload(content, fetched.name, page_id=page_id, by=viewer.user_id)
    return file_url(file_at(viewer, file_id)).replace("(", "%28").replace(")", "%29")


def _addresses(page: Page) -> list[str]:
    text = content_of(db.session(), page.id, page.revision_count).text
    return pictures_from_elsewhere(text, page.path)


def _ask(page: Page, form: ProtectedForm, refused: dict[str, str]) -> str:
    return render_template(
        "pages/pictures.html",
        page=page,
        form=form,
        addresses=_addresses(page),
        refused=refused,
        abbreviated=abbreviated,
    )

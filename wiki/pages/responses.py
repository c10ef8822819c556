"""Responses that several features share: after a save, and to a confirmation that came too late."""

from collections.abc import Callable
from typing import Any

from flask import flash, get_template_attribute, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.pages.errors import StaleConfirmation
from wiki.pages.queries.revisions import load_revisions
from wiki.pages.urls import page_url
from wiki.pages.writing.write import SaveResult


def act_or_ask_again(
    act: Callable[[], SaveResult], ask: Callable[[], str], tell: Callable[[SaveResult], None]
) -> ResponseReturnValue:
    """`act` and redirect to the page; `ask` once more (409) if it changed since the question."""
    try:
        saved = act()
    except StaleConfirmation:
        message = _("The page has changed in the meantime. Check again before you confirm.")
        flash(message, "warn")
        return ask(), 409
    tell(saved)
    return redirect(page_url(saved.path), 303)


def redirect_to_saved(
    saved: SaveResult, message: str = "", *, draft_key: str = ""
) -> ResponseReturnValue:
    """To the page, with a message on the save, as `flash_saved` words it."""
    flash_saved(saved, message, draft_key=draft_key)
    return redirect(page_url(saved.path), 303)


def flash_saved(saved: SaveResult, message: str = "", *, draft_key: str = "") -> None:
    """Say what became of a save; after a merge, whose change it was merged with, and a link to it.

    `message` says what was done if it wasn't an edit; `draft_key` is that of the draft that was
    saved.
    """
    message = message or _("Saved as revision %(number)s.", number=saved.number)
    other, link = None, ""
    if saved.is_unchanged:
        message = _("You haven’t changed anything, so there was nothing to save.")
    elif saved.merged_with is not None:
        (other,) = load_revisions(saved.page_id, [saved.merged_with])
        since: dict[str, Any] = {
            "from": saved.begun_from or saved.merged_with - 1,
            "to": saved.merged_with,
        }
        link = url_for("pages.diff", path=saved.path, **since)
    markup_of = get_template_attribute("macros/saved.html", "saved_words")
    flash(markup_of(message, draft_key, other, link), "note" if saved.is_unchanged else "ok")

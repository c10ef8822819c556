"""Responses that several features share: after a save, and after an outdated confirmation."""

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
    """Call `act` and redirect to the page; if the page has changed since, return `ask()` with 409.

    `tell` flashes a message about the result.
    """
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
    """Redirect to the page, with the message of `flash_saved`."""
    flash_saved(saved, message, draft_key=draft_key)
    return redirect(page_url(saved.path), 303)


def flash_saved(saved: SaveResult, message: str = "", *, draft_key: str = "") -> None:
    """Flash the result of a save; after a merge, with the other author and a link to their change.

    `message` is used for actions other than edits; `draft_key` identifies the draft that was saved.
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

"""What the tasks share that ask before they act."""

from collections.abc import Callable

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.pages.errors import StaleConfirmation
from wiki.pages.urls import page_url
from wiki.pages.writing.write import Saved


def act_or_ask_again(
    act: Callable[[], Saved], ask: Callable[[], str], tell: Callable[[Saved], None]
) -> ResponseReturnValue:
    """Do it and lead to the page; ask once more when the page changed since the question."""
    try:
        saved = act()
    except StaleConfirmation:
        words = _("The page was changed while you were deciding. Look again before you confirm.")
        flash(words, "warn")
        return ask(), 409
    tell(saved)
    return redirect(page_url(saved.path), 303)

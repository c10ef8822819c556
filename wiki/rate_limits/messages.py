"""Messages about waits and limits."""

import math

from flask_babel import gettext as _
from flask_babel import ngettext

from wiki.rate_limits import LimitReached


def format_duration(seconds: float) -> str:
    """A duration in its largest unit, rounded up: "20 seconds", "43 minutes", "3 hours"."""
    seconds = max(1, math.ceil(seconds))
    words: str
    if seconds < 60:
        words = ngettext("%(num)s second", "%(num)s seconds", seconds)
    elif (minutes := math.ceil(seconds / 60)) < 100:
        words = ngettext("%(num)s minute", "%(num)s minutes", minutes)
    else:
        words = ngettext("%(num)s hour", "%(num)s hours", math.ceil(seconds / 3600))
    return words


def wait_message(seconds: float) -> str:
    """The advice to try again after so many seconds."""
    words: str = _("Wait %(time)s, then try again.", time=format_duration(seconds))
    return words


def budget_advice(seconds: float) -> str:
    """The advice to visitors without an account: wait, or sign in."""
    words: str = _(
        "Wait %(time)s, then try again, or sign in: then there is no wait.",
        time=format_duration(seconds),
    )
    return words


def limit_messages(reached: LimitReached) -> tuple[str, str]:
    """The title and the sentence of the page that says which limit was reached."""
    match reached.what:
        case "saves":
            return _("Too many saves"), _(
                "You have saved too often in a short time, so this wasn’t saved."
            )
        case "texts":
            return _("Daily limit reached"), _(
                "You have stored as much text today as one person may, so this wasn’t saved."
            )
        case "costs":
            return _("Busy right now"), _(
                "Many people who aren’t signed in are asking for histories or searches, which take "
                "this server much longer than pages. Pages themselves can be read as usual."
            )
        case _:
            return _("Too many attempts"), _("Too many attempts in a short time.")

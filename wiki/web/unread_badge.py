"""The badge for unread notifications in the header."""

from flask_babel import ngettext
from markupsafe import Markup, escape

MOST_SHOWN = 99


def unread_badge(count: int) -> Markup:
    """The number of unread notifications, with a label for screen readers."""
    if count <= 0:
        return Markup()
    shown = str(count) if count <= MOST_SHOWN else f"{MOST_SHOWN}+"
    words = escape(ngettext("%(num)s unread", "%(num)s unread", count))
    return Markup(  # noqa: S704  # escaped
        f'<span class="unread-mark"><span aria-hidden="true">{shown}</span>'
        f'<span class="sr-only"> ({words})</span></span>'
    )

"""Messages about texts that can’t be saved."""

from flask_babel import gettext as _

from wiki.pages.editing.unfinished_text import Unfinished
from wiki.pages.errors import TextTooLong


def unfinished_message(error: Unfinished) -> str:
    """What is unfinished, and what to do about it."""
    if error.reason == "outline":
        message: str = _("This is just the outline. Write something of your own, then save.")
    else:
        message = _(
            "A file wasn’t uploaded: “%(place)s” is in its place. Upload it again, or remove that.",
            place=error.places[0],
        )
    return message


def too_long_message(error: TextTooLong) -> str:
    """How long the text is, and how long it may be."""
    message: str = _(
        "The text is %(actual)s kB; a page can hold at most %(limit)s kB. Split it into several "
        "pages.",
        actual=f"{error.actual / 1000:,.0f}",
        limit=f"{error.limit / 1000:,.0f}",
    )
    return message

"""What the editor says of texts that can't be saved."""

from flask_babel import gettext as _

from wiki.pages.editing.unfinished import Unfinished
from wiki.pages.errors import TextTooLong


def unfinished_message(error: Unfinished) -> str:
    if error.reason == "outline":
        message: str = _(
            "This is the outline, with nothing of your own in it yet. Write, then save."
        )
    else:
        message = _(
            "A file has not arrived: “%(place)s” stands in its place. "
            "Send it again, or take that out.",
            place=error.places[0],
        )
    return message


def too_long_message(error: TextTooLong) -> str:
    message: str = _(
        "The text has %(actual)s kB, and %(limit)s kB is the most a page can hold. Split it.",
        actual=f"{error.actual / 1000:,.0f}",
        limit=f"{error.limit / 1000:,.0f}",
    )
    return message

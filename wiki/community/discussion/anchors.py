"""Where on a page a thread is about, and where that is by now. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place on a page as of `revision`: under a heading, and perhaps some words there.

    `heading` is the heading's id, empty for the lead; `before` and `after` are what stood around
    `quote`.
    """

    revision: int | None = None
    heading: str = ""
    heading_text: str = ""
    quote: str = ""
    before: str = ""
    after: str = ""

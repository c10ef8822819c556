"""Detects texts that aren’t ready to be saved: an upload is in progress, or only the outline is
there.
"""

import re
from functools import lru_cache

from wiki.kinds.current import all_kinds, kinds_version, scaffold

# The editor's placeholder for a file that is being sent (static/js/upload/upload.js), with 128
# random bits, so that no text holds one by chance.
_SENDING = re.compile(r"!\[([^\[\]\n]*)\]\(sending:[0-9a-f]{32}\)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MAX_OUTLINE = 10_000  # characters, ten times an outline; a longer text was written by somebody
_TITLE = "\N{OBJECT REPLACEMENT CHARACTER}"  # in place of the title in an outline


class Unfinished(ValueError):
    """A text that can’t be saved yet.

    `reason` is `sending` or `outline`; `places` are the placeholders of uploads, as the editor
    shows them.
    """

    def __init__(self, reason: str, places: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.places = places


def check_uploads_finished(text: str) -> None:
    """Check that no upload is in progress. Raises `Unfinished`."""
    if places := tuple(_SENDING.findall(text)):
        raise Unfinished("sending", places)


def written_text(text: str, *, has_fields: bool = False) -> str:
    """The text to store for a new page; empty if it is just an outline but the page `has_fields`.

    Recognizes the outlines of all kinds, for any title, with other white space, and with headings
    or guidance removed. Raises `Unfinished` for an outline without fields. An empty text is
    allowed.
    """
    if not _is_outline(text):
        return text
    if not has_fields:
        raise Unfinished("outline")
    return ""


def _is_outline(text: str) -> bool:
    if len(text) > _MAX_OUTLINE:
        return False
    pieces = _pieces(text)
    outlines = _outlines(kinds_version())
    return any(map(_is_guidance, pieces)) and any(_is_of(pieces, each) for each in outlines)


def _pieces(text: str) -> set[str]:
    """The comments and the other lines of a text, with white space normalized."""
    comments = _COMMENT.findall(text)
    lines = _COMMENT.sub("", text).splitlines()
    return {" ".join(piece.split()) for piece in (*comments, *lines)} - {""}


@lru_cache(maxsize=2)
def _outlines(_version: int) -> tuple[frozenset[str], ...]:
    # Outlines are translated, but there is only one catalogue so far, so caching them is safe.
    return tuple(frozenset(_pieces(scaffold(kind, _TITLE))) for kind in all_kinds())


def _is_guidance(piece: str) -> bool:
    return piece.startswith(("#", "<!--"))


def _is_of(pieces: set[str], outline: frozenset[str]) -> bool:
    titled = [
        re.compile(".*".join(map(re.escape, piece.split(_TITLE))))
        for piece in outline
        if _TITLE in piece
    ]
    return all(any(each.fullmatch(piece) for each in titled) for piece in pieces - outline)

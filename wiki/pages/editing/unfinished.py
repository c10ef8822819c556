"""Texts that nobody means to save yet: a file is still on its way, or nothing was written."""

import re
from functools import cache

from wiki.pages.kinds import KINDS, scaffold

# What the editor writes where a file is to come (static/js/upload.js). The 128 bits are drawn anew
# each time, so that no text holds one by chance.
_SENDING = re.compile(r"!\[([^\[\]\n]*)\]\(sending:[0-9a-f]{32}\)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
LONGEST = 10_000  # characters, ten times what an outline has; then somebody wrote something
_TITLE = "\N{OBJECT REPLACEMENT CHARACTER}"  # where an outline speaks of the title


class Unfinished(ValueError):
    """A text that can't be saved yet. `reason` is `sending` or `outline`.

    `places` are what the editor wrote where files are to come, as the writer reads it.
    """

    def __init__(self, reason: str, places: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.places = places


def check_sent(text: str) -> None:
    """Raises `Unfinished` for a text in which a file was to come that has not."""
    if places := tuple(_SENDING.findall(text)):
        raise Unfinished("sending", places)


def check_written(text: str) -> None:
    """Raises `Unfinished` for the text of a new page that is an outline and no more.

    Of which kind doesn't count, nor do the title that the outline was made with, white space, or
    headings and guidance that were taken out. Nothing at all is no outline: a page may begin empty.
    """
    if len(text) > LONGEST:
        return
    pieces = _pieces(text)
    if any(map(_is_guidance, pieces)) and any(_is_of(pieces, outline) for outline in _outlines()):
        raise Unfinished("outline")


def _pieces(text: str) -> set[str]:
    """Comments and lines, without what white space tells them apart."""
    comments = _COMMENT.findall(text)
    lines = _COMMENT.sub("", text).splitlines()
    return {" ".join(piece.split()) for piece in (*comments, *lines)} - {""}


@cache
def _outlines() -> tuple[frozenset[str], ...]:
    # Words of a catalogue are those of one reader; there is none yet.
    return tuple(frozenset(_pieces(scaffold(kind, _TITLE))) for kind in KINDS)


def _is_guidance(piece: str) -> bool:
    return piece.startswith(("#", "<!--"))


def _is_of(pieces: set[str], outline: frozenset[str]) -> bool:
    titled = [
        re.compile(".*".join(map(re.escape, piece.split(_TITLE))))
        for piece in outline
        if _TITLE in piece
    ]
    return all(any(each.fullmatch(piece) for each in titled) for piece in pieces - outline)

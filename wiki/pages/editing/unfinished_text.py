"""Texts that aren't ready to be saved: a file is still being sent, or nothing was written."""

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
    """A text that can't be saved yet. `reason` is `sending` or `outline`.

    `places` are the placeholders of files that are being sent, as the writer reads them.
    """

    def __init__(self, reason: str, places: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.places = places


def check_sent(text: str) -> None:
    """Raises `Unfinished` for a text with the placeholder of a file that hasn't arrived."""
    if places := tuple(_SENDING.findall(text)):
        raise Unfinished("sending", places)


def written_text(text: str, *, has_fields: bool = False) -> str:
    """What to store of the text of a new page: nothing of an outline in which nothing was written.

    It may be the outline of any kind, made for any title, with other white space, or with headings
    and guidance taken out. Raises `Unfinished` for one, unless the page `has_fields` that say
    something. An empty text is no outline: a page may begin empty.
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
    """The text's comments and its other lines, with white space normalized."""
    comments = _COMMENT.findall(text)
    lines = _COMMENT.sub("", text).splitlines()
    return {" ".join(piece.split()) for piece in (*comments, *lines)} - {""}


@lru_cache(maxsize=2)
def _outlines(_version: int) -> tuple[frozenset[str], ...]:
    # Outlines are translated, and cached all the same: there is one catalogue so far.
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

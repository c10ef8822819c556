"""Marks by which the sanitizer tells our own markup from the author's.

The marks are Unicode noncharacters and controls. `clean_source` removes them from every text
before anything else sees it and no entity makes one, so what carries a mark was written by this
package.
"""

import re

from wiki.letters import with_line_feeds
from wiki.markup.slots import in_link

TRUSTED_MARK = "\ufdd0"  # begins an attribute value that this package wrote
_PIECE_OPEN, _PIECE_CLOSE = "\ufdd1", "\ufdd2"  # around the number of a piece put in afterwards
# Around code in the text of a section, which stays ASCII with them: quicker to search.
CODE_OPEN, CODE_CLOSE = "\x0e", "\x0f"
_ASIDE = "\ufdd5"  # begins the number of a run of elements that the HTML parser needn't see

_IN_LINK = "\ufdd3"  # before the number of a piece that goes into a link
# An element that an author never closed goes on inside of the place.
_PIECE_PLACE = re.compile(
    rf"""<(?P<tag>pre|code)>(?P<opened>(?:<(?!(?P=tag)>)[a-z](?:[^"<>]|"[^"]*")*>)*)"""
    rf"{_PIECE_OPEN}(?P<in_link>{_IN_LINK}?)(?P<number>[0-9]+){_PIECE_CLOSE}"
    r"(?P<closed>(?:</[a-z]+>)*?)</(?P=tag)>"
)
_LINK_TAG = re.compile("<a [^>]*>|</a>")  # in a piece `>` is nowhere else
_MARKS = re.compile("[\x0e\x0f\ufdd0-\ufdef]")
_SPACES = re.compile("[\x0b\x0c]")
# Controls, lone surrogates and noncharacters: Python-Markdown, bleach and UTF-8 each trip over one.
_UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def clean_source(text: str) -> str:
    """`text` with line ends as `\\n` and what cannot be displayed as U+FFFD."""
    return _UNREADABLE.sub("\ufffd", _SPACES.sub(" ", with_line_feeds(text)))


def piece_mark(number: int) -> str:
    """What stands alone in a `<pre>` or `<code>` where piece `number` goes after sanitizing."""
    return f"{_PIECE_OPEN}{number}{_PIECE_CLOSE}"


def inside_link(text: str) -> str:
    """`text` of a link: pieces that go there bring no link of their own, which would end it."""
    return text.replace(_PIECE_OPEN, _PIECE_OPEN + _IN_LINK) if _PIECE_OPEN in text else text


def aside_text(number: int) -> str:
    """What replaces run `number` in a `<pre>` while an HTML parser reads the rest."""
    return f"{_ASIDE}{number}"


def put_pieces_in(html: str, pieces: list[str]) -> str:
    """`html` with each piece in its place, and no mark left."""

    def piece(place: re.Match[str]) -> str:
        found = pieces[int(place["number"])]
        if place["in_link"]:
            found = in_link(_LINK_TAG.sub("", found))
        return f"{place['opened']}{found}{place['closed']}"

    return without_marks(_PIECE_PLACE.sub(piece, html) if pieces else html)


def without_marks(text: str) -> str:
    """`text` without any mark: what may leave this package."""
    return _MARKS.sub("", text)

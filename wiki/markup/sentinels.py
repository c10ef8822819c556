"""Marks that tell the sanitizer which markup was written by this package, not by an author.

The marks are Unicode noncharacters and control characters. `clean_source` removes them from every
text before it is parsed, and no character reference yields one.
"""

import re

from wiki.letters import with_line_feeds
from wiki.markup.slots import in_link

TRUSTED_MARK = "\ufdd0"  # begins an attribute value that this package wrote
# Around the number of a piece that is inserted later.
_PIECE_OPEN, _PIECE_CLOSE = (
    "\ufdd1",
    "\ufdd2",
)
# Around code in the text of a section. They are ASCII, so that the text stays quick to search.
CODE_OPEN, CODE_CLOSE = "\x0e", "\x0f"
_ASIDE = "\ufdd5"  # before the number of a run of elements that the HTML parser skips

_IN_LINK = "\ufdd3"  # before the number of a piece that goes into a link
# Elements that an author never closed are repeated inside of the placeholder.
_PIECE_PLACE = re.compile(
    rf"""<(?P<tag>pre|code)>(?P<opened>(?:<(?!(?P=tag)>)[a-z](?:[^"<>]|"[^"]*")*>)*)"""
    rf"{_PIECE_OPEN}(?P<in_link>{_IN_LINK}?)(?P<number>[0-9]+){_PIECE_CLOSE}"
    r"(?P<closed>(?:</[a-z]+>)*?)</(?P=tag)>"
)
_LINK_TAG = re.compile("<a [^>]*>|</a>")  # pieces contain no other `>`
_MARKS = re.compile("[\x0e\x0f\ufdd0-\ufdef]")
_SPACES = re.compile("[\x0b\x0c]")
# Controls, lone surrogates and noncharacters, which Python-Markdown, bleach or UTF-8 can't handle.
_UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def clean_source(text: str) -> str:
    """`text` with `\\n` as line ends, and U+FFFD in place of what cannot be displayed."""
    return _UNREADABLE.sub("\ufffd", _SPACES.sub(" ", with_line_feeds(text)))


def piece_mark(number: int) -> str:
    """The only text of a `<pre>` or `<code>` that piece `number` replaces after sanitizing."""
    return f"{_PIECE_OPEN}{number}{_PIECE_CLOSE}"


def inside_link(text: str) -> str:
    """`text` of a link, marked so that pieces inserted there contain no links of their own."""
    return text.replace(_PIECE_OPEN, _PIECE_OPEN + _IN_LINK) if _PIECE_OPEN in text else text


def aside_text(number: int) -> str:
    """The text of the `<pre>` that replaces run `number` while the rest is parsed as HTML."""
    return f"{_ASIDE}{number}"


def put_pieces_in(html: str, pieces: list[str]) -> str:
    """`html` with the pieces inserted and all marks removed."""

    def piece(place: re.Match[str]) -> str:
        found = pieces[int(place["number"])]
        if place["in_link"]:
            found = in_link(_LINK_TAG.sub("", found))
        return f"{place['opened']}{found}{place['closed']}"

    return without_marks(_PIECE_PLACE.sub(piece, html) if pieces else html)


def without_marks(text: str) -> str:
    """`text` without marks, as it may leave this package."""
    return _MARKS.sub("", text)

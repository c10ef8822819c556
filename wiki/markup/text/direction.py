"""Which way a text runs: by its letters, since an Arabic page may well begin with "Redis"."""

import re
from html import unescape
from typing import Literal

Direction = Literal["ltr", "rtl"]

# Hebrew to Arabic Extended, their presentation forms, and the scripts of two planes that run so.
_RTL = re.compile(
    r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_CODE = re.compile(r"<(pre|code|math)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
# Blocks of a text that hold no blocks, and lists that hold no lists; paragraphs with a class
# are ours.
_BLOCK = re.compile(
    r"<(p(?=>)|(?:h[2-6]|th|td|dt|figcaption)(?=[ >]))[^>]*>.*?</\1>"
    r"|<(ul|ol)(?=[ >])[^>]*>(?:(?!<[uo]l\b).)*?</\2>",
    re.DOTALL,
)

_HAS_DIRECTION = re.compile(r'<[^"<>]*(?:"[^"]*"[^"<>]*)*? dir="')


def direction_of(html: str) -> Direction:
    """The direction of safe `html`, code left out.

    Right to left is what has a third of its letters from there: such texts are full of names in
    Latin letters, and the others quote little of them.
    """
    return _direction(html) or "ltr" if not html.isascii() and _RTL.search(html) else "ltr"


def with_directions(html: str, direction: Direction) -> str:
    """`html` that runs in `direction`, its blocks that run the other way marked as such.

    A block for which its author has set a direction keeps it. In a text from right to left, one
    whose first letter runs so stays, however many Latin names follow.
    """
    if not _RTL.search(html):
        return html

    def marked(block: re.Match[str]) -> str:
        name = block[1] or block[2]
        if _HAS_DIRECTION.match(block[0]):
            return block[0]
        own = _direction(block[0])
        if own in (None, direction) or (own == "ltr" and _begins_leftward(block[0])):
            return block[0]
        return f'<{name} dir="{own}"{block[0][len(name) + 1 :]}'

    return _BLOCK.sub(marked, html)


def _direction(html: str) -> Direction | None:
    """`None` for what has no letters."""
    if not _RTL.search(html):
        return "ltr" if any(map(str.isalpha, _prose(html))) else None
    prose = _prose(html)
    letters = sum(map(str.isalpha, prose))
    leftward = len(_RTL.findall(prose))
    return None if not letters else "rtl" if 3 * leftward > letters else "ltr"


def _begins_leftward(html: str) -> bool:
    return _RTL.match(next(filter(str.isalpha, _prose(html)), "")) is not None


def _prose(html: str) -> str:
    return unescape(_TAG.sub("", _CODE.sub("", html)))

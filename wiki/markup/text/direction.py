"""The direction of a text, by all of its letters: an Arabic page may begin with "Redis"."""

import re
from html import unescape
from typing import Literal

Direction = Literal["ltr", "rtl"]

# Hebrew to Arabic Extended, their presentation forms, and the right-to-left scripts of plane 1.
_RTL = re.compile(
    r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_CODE = re.compile(r"<(pre|code|math)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
# Blocks without blocks inside, and lists without lists inside. Paragraphs with a class were not
# written by an author.
_BLOCK = re.compile(
    r"<(p(?=>)|(?:h[2-6]|th|td|dt|figcaption)(?=[ >]))[^>]*>.*?</\1>"
    r"|<(ul|ol)(?=[ >])[^>]*>(?:(?!<[uo]l\b).)*?</\2>",
    re.DOTALL,
)

_HAS_DIRECTION = re.compile(r'<[^"<>]*(?:"[^"]*"[^"<>]*)*? dir="')


def direction_of(html: str) -> Direction:
    """The direction of safe `html`, without its code.

    Right to left if a third of the letters are of right-to-left scripts: such texts are full of
    names in Latin letters, while other texts quote little from right-to-left scripts.
    """
    return _direction(html) or "ltr" if not html.isascii() and _RTL.search(html) else "ltr"


def with_directions(html: str, direction: Direction) -> str:
    """`html` with `dir` on the blocks that have another direction than `direction`.

    A block for which the author has set a direction keeps it. In right-to-left text, a block that
    begins with a right-to-left letter is not marked, however many Latin names it contains.
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
    """The direction of `html`; `None` if it has no letters."""
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

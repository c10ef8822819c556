"""Text of users for Discord: nothing in it is markup, and its length is what Discord counts."""

import re
import unicodedata

from wiki.letters import is_mark

ELLIPSIS = "…"
LINK_LIMIT = 500  # characters of an address behind words; of a longer one, the words suffice

_JOINERS = "\u200c\u200d"
# What means something anywhere, and what does at the beginning of a line only.
_SPECIAL = frozenset("\\*_~`|<>[]@")
_AT_START = frozenset("#-+=")
_NUMBERED = re.compile(r"[0-9]+(?=[.)])")


def units(text: str) -> int:
    """The length of `text` in UTF-16 units: at least as long as Discord may think it is."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def mask(text: str, limit: int) -> str:
    """`text` on one line that shows as it is, shortened to `limit` units.

    Discord shows what follows a backslash as it is, unless that is a letter, a digit or a space.
    """
    return _joined(_masked(_plain(text)), limit)


def masked_link(words: str, url: str) -> str:
    """Masked words that lead to `url`, if it is short enough."""
    address = url.replace("(", "%28").replace(")", "%29")
    return f"[{words}]({address})" if len(address) <= LINK_LIMIT else words


def _plain(text: str) -> str:
    """Without line ends, controls and invisible signs that would turn what follows around."""
    kept = (
        " " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c
        for c in text
        if c in _JOINERS or unicodedata.category(c) not in {"Cf", "Cs"}
    )
    return " ".join("".join(kept).split())


def _masked(text: str) -> list[str]:
    pieces = [f"\\{c}" if c in _SPECIAL else c for c in text]
    for place, c in enumerate(text):
        # Of an address or an emoji; not the one of an ordinary sentence.
        if c == ":" and text[place + 1 : place + 2].strip():
            pieces[place] = "\\:"
    if text[:1] in _AT_START:
        pieces[:1] = [f"\\{text[0]}"]
    elif number := _NUMBERED.match(text):
        pieces[number.end()] = f"\\{text[number.end()]}"
    return pieces


def _joined(pieces: list[str], limit: int) -> str:
    """The pieces as far as there is room, no letter without its marks."""
    text = "".join(pieces)
    if units(text) <= limit:
        return text
    room, count = limit - units(ELLIPSIS), 0
    while count < len(pieces) and (room := room - units(pieces[count])) >= 0:
        count += 1
    while count and (is_mark(pieces[count]) or pieces[count] in _JOINERS):
        count -= 1
    return "".join(pieces[:count]).rstrip() + ELLIPSIS

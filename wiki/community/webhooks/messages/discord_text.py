"""Users' text for Discord: escaping markup, and measuring length as Discord may."""

import re
import unicodedata

from wiki.letters import is_mark

ELLIPSIS = "…"
LINK_LIMIT = 500  # characters of a link's URL; with a longer one, only the words are shown

_JOINERS = "\u200c\u200d"
# Characters that are markup anywhere, and those that are only at the beginning of a line.
_SPECIAL = frozenset("\\*_~`|<>[]@")
_AT_START = frozenset("#-+=")
_NUMBERED = re.compile(r"[0-9]+(?=[.)])")


def utf16_length(text: str) -> int:
    """The length of `text` in UTF-16 code units, which is at least what Discord counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escape_markdown(text: str, limit: int) -> str:
    """`text` on one line with Discord's markup escaped, shortened to `limit` units.

    In Discord, a backslash escapes any character but letters, digits and spaces.
    """
    return _joined(_masked(_plain(text)), limit)


def masked_link(words: str, url: str) -> str:
    """A link with `words`, already escaped, to `url`; only the words if the URL is too long."""
    address = url.replace("(", "%28").replace(")", "%29")
    return f"[{words}]({address})" if len(address) <= LINK_LIMIT else words


def _plain(text: str) -> str:
    """`text` without line ends, control characters and invisible marks of direction."""
    kept = (
        " " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c
        for c in text
        if c in _JOINERS or unicodedata.category(c) not in {"Cf", "Cs"}
    )
    return " ".join("".join(kept).split())


def _masked(text: str) -> list[str]:
    pieces = [f"\\{c}" if c in _SPECIAL else c for c in text]
    for place, c in enumerate(text):
        # A colon of a URL or an emoji, not that of an ordinary sentence.
        if c == ":" and text[place + 1 : place + 2].strip():
            pieces[place] = "\\:"
    if text[:1] in _AT_START:
        pieces[:1] = [f"\\{text[0]}"]
    elif number := _NUMBERED.match(text):
        pieces[number.end()] = f"\\{text[number.end()]}"
    return pieces


def _joined(pieces: list[str], limit: int) -> str:
    """As many pieces as fit, without separating a letter from its combining marks."""
    text = "".join(pieces)
    if utf16_length(text) <= limit:
        return text
    room, count = limit - utf16_length(ELLIPSIS), 0
    while count < len(pieces) and (room := room - utf16_length(pieces[count])) >= 0:
        count += 1
    while count and (is_mark(pieces[count]) or pieces[count] in _JOINERS):
        count -= 1
    return "".join(pieces[:count]).rstrip() + ELLIPSIS

"""Embedded players, which pages can’t show: frames, audio and video become links."""

import posixpath
import re
from html import unescape

from wiki.markup.code_fences import replace_outside_code
from wiki.markup.inlines.code_spans import replace_outside_spans

INNER_LIMIT = 1_000  # characters between a player's tags

# The content of the tag is matched in one way only, without backtracking.
_PLAYER = re.compile(
    r"<(?P<tag>iframe|video|audio)\b"
    r"(?P<written>(?>(?:[^<>\"'{}]|\"[^\"]*\"|'[^']*'|\{[^<>]{0,500}?\}(?=[\s/>]))*))>"
    rf"(?:(?<=/>)|(?P<inner>(?:(?!</?(?P=tag)\b).){{0,{INNER_LIMIT}}})</(?P=tag)\s*>)",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESS = re.compile(
    r"""\ssrc\s*=\s*(["'])([^"'\s<>:]+|(?:https?:)?//[^"'\s<>]+)\1""", re.IGNORECASE
)
_TITLE = re.compile(r"""\stitle\s*=\s*(?:"([^"\n]+)"|'([^'\n]+)')""", re.IGNORECASE)
_BRACKETS = re.compile(r"([\[\]\\])")


def replace_media_players(text: str) -> str:
    """`text` with a link in place of each frame, audio and video element that has an address.

    Code is left alone.
    """
    if not re.search("<(?:iframe|video|audio)", text, re.IGNORECASE):
        return text
    return replace_outside_code(text, lambda part: replace_outside_spans(_PLAYER, _link, part))


def _link(found: re.Match[str]) -> str:
    written = found["written"]
    address = _ADDRESS.search(written) or _ADDRESS.search(found["inner"] or "")
    if address is None:
        return found[0]
    target = unescape(address[2])
    target = f"https:{target}" if target.startswith("//") else target
    title = _TITLE.search(written)
    words = " ".join(unescape(title[1] or title[2]).split()) if title else ""
    if not words and "//" in target:
        return f"<{target}>"
    words = _BRACKETS.sub(r"\\\1", words or posixpath.basename(target) or target)
    return f"[{words}](<{target}>)"

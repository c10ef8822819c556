"""Truncates texts that are too long or too slow to render on one page, between two blocks.

The cost is estimated by counting before the text is parsed, not measured, so the same text is
always cut at the same place, however busy the machine is.
"""

import re

from wiki.letters import is_mark

COST_LIMIT = 700_000  # bytes of HTML or microseconds of processor time, whichever is more
FREE_LENGTH = 8_000  # characters; shorter texts always cost less than `COST_LIMIT`

# Measured on texts of one construct each; an ordinary character costs 1.
_LINE = 25
_SIGN = 10
_HEADING = 300  # with its anchor and its entry in the table of contents
_ITEM = 70
_FENCE = 250
# The additional cost of some characters.
_MORE = {"$": 30, "://": 60, "](": 25, "[[": 100, "[^": 40, "^[": 220, "|": 10, ">": 20, "<": 20}
_OPEN_BRACKET = 50  # of one that is never closed

_PIECE_LENGTH = 4_000  # characters; longer lines are counted in pieces
_SIGNS = re.compile(r"[^\w\s]")
_HEADED = re.compile(r"[ \t>]*(?:#{1,6}[ \t]|[=-]+[ \t]*$)")
_FENCED = re.compile(r"[ \t>]*(?:`{3}|~{3})[^\n]")
_LISTED = re.compile(r"[ \t>]*(?:[-+*]|[0-9]{1,9}[.)])[ \t]")


def affordable_beginning(text: str) -> str:
    """The first blocks of `text` that together cost at most `COST_LIMIT`; possibly all of it."""
    if len(text) <= FREE_LENGTH:
        return text
    left = COST_LIMIT
    at = 0
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        for begin in range(at, end, _PIECE_LENGTH):
            left -= _cost_of(text[begin : min(begin + _PIECE_LENGTH, end)], is_line=begin == at)
            if left < 0:
                return cut_at_block_end(text, begin)
        at = end
    return text


def cut_at_block_end(text: str, length: int) -> str:
    """At most `length` characters of `text`.

    Cut at the end of a block if there is one near the limit, else of a line, else of a word.
    """
    for between in ("\n\n", "\n", " "):
        end = text.rfind(between, 0, length) + len(between)
        if end > length // 2:
            return text[:end]
    while length and is_mark(text[length]):
        length -= 1
    return text[:length]


def _cost_of(piece: str, *, is_line: bool) -> int:
    cost = len(piece) if piece.isascii() else len(piece.encode(errors="replace"))
    cost += _SIGN * len(_SIGNS.findall(piece))
    cost += sum(more * piece.count(sign) for sign, more in _MORE.items())
    cost += _OPEN_BRACKET * max(0, piece.count("[") - piece.count("]"))
    if is_line:
        cost += _LINE
        if _HEADED.match(piece):
            cost += _HEADING
        elif _FENCED.match(piece):
            cost += _FENCE
        elif _LISTED.match(piece):
            cost += _ITEM
    return cost

"""Detects names that look alike: they have the same skeleton.

Source: UTS 39, 4 "Confusable Detection", with the table that `confusable_homoglyphs` ships.
Names are compared regardless of case here, so characters that look alike in either case count as
equal: a capital I equals l, and so does i. The digit 1 equals l, 0 equals O, and dots and
hyphens are ignored.
"""

import re
import unicodedata
from functools import cache

from wiki.letters import is_mark, normalize

SKELETON_LIMIT = 255  # characters of a stored skeleton

# Characters that look alike only if case is ignored.
_ONE = str.maketrans({"i": "l", "1": "l", "|": "l", "0": "o"})
_PAIRS = (("vv", "w"), ("l\u0307", "l"))  # the second is a casefolded Turkish capital İ
_SMALL_CAPITAL = re.compile(r"LATIN LETTER SMALL CAPITAL ([A-Z])")
_DIRECTION = "\u200e\u200f"


def skeleton(name: str) -> str:
    """A form that is the same for names that look alike. Takes any string."""
    seen = normalize("NFKC", name)
    # As written, and again after casefolding: M becomes m, which looks like rn.
    for _ in range(2):
        seen = "".join(_prototype(c) for c in normalize("NFD", seen)).casefold()
    seen = seen.translate(_ONE)
    for pair, one in _PAIRS:
        seen = seen.replace(pair, one)
    shown = "".join(c for c in normalize("NFD", seen) if c.isalnum() or is_mark(c))
    return shown or seen


def _prototype(character: str) -> str:
    if small := _SMALL_CAPITAL.fullmatch(unicodedata.name(character, "")):
        return small[1].lower()
    return _prototypes().get(character, character)


@cache
def _prototypes() -> dict[str, str]:
    """The character or letters that each confusable character may be mistaken for."""
    from confusable_homoglyphs.utils import load  # noqa: PLC0415  # only registration needs it

    table = {
        source.strip(_DIRECTION): [entry["c"].strip(_DIRECTION) for entry in entries]
        for source, entries in load("confusables.json").items()
    }
    # The table lists each pair twice. A prototype has several look-alikes; if there is only one,
    # the prototype is the sequence of letters, or the character that is older in Unicode.
    return {
        source: others[0]
        for source, others in table.items()
        if len(source) == 1 and len(others) == 1 and _is_prototype(others[0], source, table)
    }


def _is_prototype(other: str, source: str, table: dict[str, list[str]]) -> bool:
    if table.get(other) != [source]:
        return True
    return (-len(other), other) < (-len(source), source)

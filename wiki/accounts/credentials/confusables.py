"""How a name looks: names with the same skeleton are mistaken for each other.

Source: UTS 39, 4 "Confusable Detection", with the table that `confusable_homoglyphs` ships. Names
are compared regardless of case here, so letters that look alike in either case count as one: the
capital I is an l, and i is I. The digit 1 is an l, 0 is an O, and dots and hyphens are left out.
"""

import re
import unicodedata
from functools import cache

from wiki.letters import is_mark, normalize

SKELETON_LIMIT = 255  # characters of a stored skeleton

# What looks alike only regardless of case.
_ONE = str.maketrans({"i": "l", "1": "l", "|": "l", "0": "o"})
_PAIRS = (("vv", "w"), ("l\u0307", "l"))  # the second is a casefolded Turkish capital İ
_SMALL_CAPITAL = re.compile(r"LATIN LETTER SMALL CAPITAL ([A-Z])")
_DIRECTION = "\u200e\u200f"


def skeleton(name: str) -> str:
    """A form that is the same for names that look alike. Takes any string."""
    seen = normalize("NFKC", name)
    # As written, and once more casefolded: M is m, which is rn.
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
    """For each confusable character, the character or letters that it is mistaken for."""
    from confusable_homoglyphs.utils import load  # noqa: PLC0415  # only registration needs it

    table = {
        source.strip(_DIRECTION): [entry["c"].strip(_DIRECTION) for entry in entries]
        for source, entries in load("confusables.json").items()
    }
    # The table lists pairs from both sides. A prototype has several look-alikes; where it has one,
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

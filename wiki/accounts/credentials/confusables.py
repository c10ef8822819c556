"""How a name looks: two names with one skeleton are taken for each other.

Source: UTS 39, 4 "Confusable Detection", by the table that `confusable_homoglyphs` ships. Names
are compared without regard to case here, so that letters are one that look alike in either case:
the capital I is an l, and i is I. The number 1 is an l, 0 is an O, and dots and hyphens hide.
"""

import re
import unicodedata
from functools import cache

SKELETON_LIMIT = 255  # characters that are kept of one

# What looks alike only once case is forgotten.
_ONE = str.maketrans({"i": "l", "1": "l", "|": "l", "0": "o"})
_PAIRS = (("vv", "w"), ("l\u0307", "l"))  # the second is what is left of a Turkish capital I
_SMALL_CAPITAL = re.compile(r"LATIN LETTER SMALL CAPITAL ([A-Z])")
_DIRECTION = "\u200e\u200f"


def skeleton(name: str) -> str:
    """What is equal for names that look alike. Takes any string."""
    seen = unicodedata.normalize("NFKC", name)
    # As it stands, and once more without case: M is m, which is rn.
    for _ in range(2):
        seen = "".join(_prototype(c) for c in unicodedata.normalize("NFD", seen)).casefold()
    seen = seen.translate(_ONE)
    for pair, one in _PAIRS:
        seen = seen.replace(pair, one)
    shown = "".join(c for c in unicodedata.normalize("NFD", seen) if c.isalnum() or _is_mark(c))
    return shown or seen


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _prototype(character: str) -> str:
    if small := _SMALL_CAPITAL.fullmatch(unicodedata.name(character, "")):
        return small[1].lower()
    return _prototypes().get(character, character)


@cache
def _prototypes() -> dict[str, str]:
    """Of each character that looks like another one, that one, or the letters it is taken for."""
    from confusable_homoglyphs.utils import load  # noqa: PLC0415  # when somebody registers

    table = {
        source.strip(_DIRECTION): [entry["c"].strip(_DIRECTION) for entry in entries]
        for source, entries in load("confusables.json").items()
    }
    # The table lists what looks alike from both sides. A prototype has several look-alikes; where
    # it has one, the letters of a sequence and what is older in Unicode are it.
    return {
        source: others[0]
        for source, others in table.items()
        if len(source) == 1 and len(others) == 1 and _is_prototype(others[0], source, table)
    }


def _is_prototype(other: str, source: str, table: dict[str, list[str]]) -> bool:
    if table.get(other) != [source]:
        return True
    return (-len(other), other) < (-len(source), source)

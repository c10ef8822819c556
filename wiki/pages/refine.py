"""A closer look at lines that two people changed: by list items, and by words. Pure."""

import re
from collections.abc import Sequence

from merge3 import Merge3

from wiki.pages.sequences import Block, common_blocks

WORDS_LIMIT = 10_000  # tokens a side of one place; a longer one that both changed is a conflict

_TOKEN = re.compile(r"\w+|\n|[^\S\n]+|[^\w\s]")
# A list item or a table row: what stands alone on its line, so that order matters little.
_ITEM = re.compile(r"^\s*(?:[-*+]\s|\d+[.)]\s|\|)")
_ITEM_MORE = re.compile(r"^(?:\s{2,}\S|\s*$)")


def merge_items(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> str | None:
    """Both sides' new list items or table rows, theirs first, each once; `None` for other cases.

    Only where nothing stood between (`base` is empty): what was there is a matter of words.
    """
    if base or not (_are_items(mine) and _are_items(theirs)):
        return None
    merged: list[str] = []
    at_theirs = at_mine = 0
    for start_theirs, start_mine, length in [
        *common_blocks(theirs, mine),
        (len(theirs), len(mine), 0),
    ]:
        merged += theirs[at_theirs:start_theirs]
        merged += mine[at_mine:start_mine]
        merged += theirs[start_theirs : start_theirs + length]
        at_theirs, at_mine = start_theirs + length, start_mine + length
    return "".join(merged)


def _are_items(lines: Sequence[str]) -> bool:
    return (
        bool(lines)
        and bool(_ITEM.match(lines[0]))
        and all(_ITEM.match(line) or _ITEM_MORE.match(line) for line in lines)
    )


def merge_words(base: str, mine: str, theirs: str) -> str | None:
    """The three-way merge by words, or `None` when both changed the same ones.

    A run of changed words counts as one change, whatever blanks and signs stand unchanged
    inside it: two different phrases are never interleaved.
    """
    sides: list[list[str]] = [_TOKEN.findall(text) for text in (base, mine, theirs)]
    merge = Merge3(sides[0], sides[1], sides[2], sequence_matcher=_PhraseMatcher)
    merged: list[str] = []
    for region in merge.merge_regions():
        kind, *bounds = region
        if kind == "conflict":
            return None
        source = {"unchanged": 0, "a": 1, "b": 2, "same": 1}[kind]
        merged += sides[source][bounds[0] : bounds[1]]
    return "".join(merged)


class _PhraseMatcher:
    """Common blocks of tokens, without those that only look common."""

    def __init__(self, _junk: object, a: Sequence[str], b: Sequence[str]) -> None:
        self._a, self._b = a, b

    def get_matching_blocks(self) -> list[Block]:
        blocks = [
            block
            for block in common_blocks(self._a, self._b, WORDS_LIMIT)
            if self._is_at_an_end(block) or self._holds_a_word(block)
        ]
        return [*blocks, (len(self._a), len(self._b), 0)]

    def _is_at_an_end(self, block: Block) -> bool:
        at_a, at_b, length = block
        return (at_a == 0 and at_b == 0) or (
            at_a + length == len(self._a) and at_b + length == len(self._b)
        )

    def _holds_a_word(self, block: Block) -> bool:
        at_a, _, length = block
        tokens = self._a[at_a : at_a + length]
        return "\n" in tokens or any(token[0].isalnum() or token[0] == "_" for token in tokens)

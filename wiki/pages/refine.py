"""A closer look at lines that two people changed: by list items, and by words. Pure."""

import re
from collections.abc import Sequence
from itertools import takewhile

from merge3 import Merge3

from wiki.pages.budget import Budget
from wiki.pages.sequences import Block, common_blocks

WORDS_LIMIT = 10_000  # tokens a side of one place; a longer one that both changed is a conflict

_TOKEN = re.compile(r"\w+|\n|[^\S\n]+|[^\w\s]")
# A list item or a table row: what stands alone on its line, so that order matters little.
_ITEM = re.compile(r"^\s*(?:[-*+]\s|\d+[.)]\s|\|)")
_ITEM_MORE = re.compile(r"^(?:\s{2,}\S|\s*$)")


def merge_items(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> str | None:
    """Both sides' new list items or table rows, theirs first, each once; `None` for other cases.

    Only where nothing stood between (`base` is empty): what was there is a matter of words. And
    only where all stand on one level, or one side's would come to lie below the other's.
    """
    gap = _common_gap(mine, theirs)
    mine, theirs = mine[gap:], theirs[gap:]
    if base or not (_are_items(mine) and _are_items(theirs)):
        return None
    if len({_indent(mine[0]), _indent(theirs[0]), *map(_least_indent, (mine, theirs))}) > 1:
        return None
    new, other = _whole_items(mine), _whole_items(theirs)
    merged = ["\n"] * gap
    at_other = at_new = 0
    for start_other, start_new, length in [*common_blocks(other, new), (len(other), len(new), 0)]:
        merged += other[at_other:start_other]
        merged += new[at_new:start_new]
        merged += other[start_other : start_other + length]
        at_other, at_new = start_other + length, start_new + length
    return "".join(merged)


def _common_gap(mine: Sequence[str], theirs: Sequence[str]) -> int:
    """How many empty lines both begin with."""
    both = takewhile(lambda pair: pair == ("\n", "\n"), zip(mine, theirs, strict=False))
    return sum(1 for _ in both)


def _are_items(lines: Sequence[str]) -> bool:
    return (
        bool(lines)
        and bool(_ITEM.match(lines[0]))
        and all(_ITEM.match(line) or _ITEM_MORE.match(line) for line in lines)
    )


def _whole_items(lines: Sequence[str]) -> list[str]:
    """Items with all that is indented below them: the same line below two is not the same."""
    items: list[str] = []
    gap: list[str] = []  # blank lines, of which it isn't known yet whose they are
    for line in lines:
        if not line.strip():
            gap.append(line)
        elif items and _indent(line) > _indent(lines[0]):
            items[-1] += "".join([*gap, line])
            gap = []
        else:
            items += [*gap, line]
            gap = []
    return items + gap


def _indent(line: str) -> int:
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())


def _least_indent(lines: Sequence[str]) -> int:
    return min(_indent(line) for line in lines if line.strip())


def merge_words(base: str, mine: str, theirs: str, budget: Budget) -> str | None:
    """The three-way merge by words, or `None` when both changed the same ones.

    `None` as well when there are more words than the budget has left.

    A run of changed words counts as one change, whatever blanks and signs stand unchanged
    inside it: two different phrases are never interleaved.
    """
    if budget.is_out_of_words:
        return None
    sides: list[list[str]] = [_TOKEN.findall(text) for text in (base, mine, theirs)]
    if not budget.compares(sum(map(len, sides))):
        return None
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

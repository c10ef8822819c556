"""Merges lines that both sides changed: by list items, and by merge units. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from merge3 import Merge3

from wiki.pages.budget import Budget
from wiki.pages.diffing.lcs import Block, common_blocks
from wiki.pages.merging.merge_units import has_number, merge_units, word_distance

MAX_UNITS = 10_000  # on each side of one overlap; a longer one is a conflict
CHARACTERS_PER_COMPARISON = 8  # splitting this many takes as long as comparing one unit

# The least number of words between changes of different sides, by how many of the two changes
# concern numbers: `30 miles per hour` and `17 de marzo de 2024` are one value each.
MIN_WORDS_BETWEEN = (1, 3, 4)

# A list item or a table row: order matters little among them.
_ITEM = re.compile(r"^\s*(?:[-*+]\s|\d+[.)]\s|\|)")
_CONTINUATION = re.compile(r"^(?:\s{2,}\S|\s*$)")


def merge_items(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> str | None:
    """The new list items or table rows of both sides, theirs first, without duplicates.

    `None` unless both sides inserted items here (`base` is empty), all on one level: items of one
    side could become children of the other’s.
    """
    gap = _common_blank_lines(mine, theirs)
    mine, theirs = mine[gap:], theirs[gap:]
    if base or not (_are_items(mine) and _are_items(theirs)):
        return None
    if len({_indent(mine[0]), _indent(theirs[0]), *map(_smallest_indent, (mine, theirs))}) > 1:
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


def _common_blank_lines(mine: Sequence[str], theirs: Sequence[str]) -> int:
    """The number of blank lines with which both sides begin."""
    both = takewhile(lambda pair: pair == ("\n", "\n"), zip(mine, theirs, strict=False))
    return sum(1 for _ in both)


def _are_items(lines: Sequence[str]) -> bool:
    return (
        bool(lines)
        and bool(_ITEM.match(lines[0]))
        and all(_ITEM.match(line) or _CONTINUATION.match(line) for line in lines)
    )


def _whole_items(lines: Sequence[str]) -> list[str]:
    """Items with the lines indented below them: equal lines below two items are not the same."""
    items: list[str] = []
    gap: list[str] = []  # blank lines, either in the last item or between two items
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


def _smallest_indent(lines: Sequence[str]) -> int:
    return min(_indent(line) for line in lines if line.strip())


def merge_words(base: str, mine: str, theirs: str, budget: Budget) -> str | None:
    """The three-way merge by units; `None` if both sides changed the same or neighbouring units.

    A run of changed words counts as one change, including unchanged white space and punctuation in
    it, so that two different phrases are never interleaved. Every unit of the result occurs in one
    of the three texts. Also `None` if the comparison exceeds `budget`.
    """
    if not budget.take_words(sum(map(len, (base, mine, theirs))) // CHARACTERS_PER_COMPARISON):
        return None
    sides = [merge_units(text) for text in (base, mine, theirs)]
    if not budget.take_words(sum(map(len, sides))):
        return None
    merged = _merge_units(*sides)
    if merged is None or not set(merge_units(merged)) <= set().union(*sides):
        return None
    return merged


def _merge_units(base: list[str], mine: list[str], theirs: list[str]) -> str | None:
    merged: list[str] = []
    last: _SideChange | None = None
    at_base = at_mine = at_theirs = 0
    for region in Merge3(base, mine, theirs, sequence_matcher=_PhraseMatcher).find_sync_regions():
        start, end, start_mine, end_mine, start_theirs, end_theirs = region
        before = base[at_base:start]
        by_mine, by_theirs = mine[at_mine:start_mine], theirs[at_theirs:start_theirs]
        at_base, at_mine, at_theirs = end, end_mine, end_theirs
        if by_mine == by_theirs:
            merged += by_mine
        elif before in (by_mine, by_theirs):
            is_mine = by_theirs == before
            taken = by_mine if is_mine else by_theirs
            is_number = any(map(has_number, (*before, *taken)))
            change = _SideChange(is_mine, is_number, len(merged), len(merged) + len(taken))
            if last is not None and _are_too_close(last, change, merged):
                return None
            last = change
            merged += taken
        else:
            return None
        merged += base[start:end]
    return "".join(merged)


@dataclass(frozen=True, slots=True)
class _SideChange:
    """A change of one side, and its position among the merged units."""

    is_mine: bool
    has_number: bool
    start: int
    end: int


def _are_too_close(one: _SideChange, other: _SideChange, merged: Sequence[str]) -> bool:
    """Whether changes of different sides may be about one value, such as a number and its unit."""
    if one.is_mine == other.is_mine:
        return False
    distance = MIN_WORDS_BETWEEN[one.has_number + other.has_number]
    return word_distance(merged[one.end : other.start]) < distance


class _PhraseMatcher:
    """Common blocks of units, without those that contain no word and only match by chance."""

    def __init__(self, _junk: object, a: Sequence[str], b: Sequence[str]) -> None:
        self._a, self._b = a, b

    def get_matching_blocks(self) -> list[Block]:
        blocks = [
            block
            for block in common_blocks(self._a, self._b, MAX_UNITS)
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
        return word_distance(self._a[at_a : at_a + length]) > 0

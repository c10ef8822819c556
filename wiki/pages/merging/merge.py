"""Three-way merge of a page’s text. Pure.

First by lines; where both sides changed the same lines, prose is merged by words, so that two
people can correct one paragraph, and lists by items, so that both can add to one. Code and front
matter are merged by whole lines only. Everything else is a conflict; conflict markers are never
written into a text.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from merge3 import Merge3

from wiki.pages.budget import Budget
from wiki.pages.diffing.lcs import common_blocks
from wiki.pages.merging.inline_merge import merge_items, merge_words
from wiki.pages.merging.literal_blocks import has_closed_fences, has_duplicate_field, literal_lines

MAX_OVERLAPS = 500  # where both changed the same lines; nobody resolves more one by one

Kind = Literal["same", "mine", "theirs", "both", "conflict"]
Lines = tuple[str, ...]
_Sides = tuple[list[str], list[str], list[str]]  # base, mine, theirs
_Spans = tuple[slice, ...]  # the same lines of each


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of lines; `merged` is the result of the merge, empty for a conflict."""

    kind: Kind
    base: Lines
    mine: Lines
    theirs: Lines
    merged: Lines


@dataclass(frozen=True, slots=True)
class MergeResult:
    """Hunks in order, and the merged text, which has mine in conflicts.

    Every line of a hunk ends in a newline; `ends_line` says whether the text does.
    """

    hunks: tuple[Hunk, ...]
    text: str
    ends_line: bool = True

    @property
    def conflicts(self) -> tuple[Hunk, ...]:
        """The hunks that both sides changed in different ways, in order."""
        return tuple(hunk for hunk in self.hunks if hunk.kind == "conflict")

    @property
    def is_clean(self) -> bool:
        """Whether there is no conflict, so that `text` can be saved as it is."""
        return not self.conflicts


def merge_texts(base: str, mine: str, theirs: str) -> MergeResult:
    """Three-way merge of two descendants of `base`, by lines, list items and words.

    If only one side changed, or both changed alike, the result is that text, byte for byte.
    Symmetric except for the order of items that both added in one place: theirs come first. Never
    raises; takes the time of a few longest common subsequences.

    Source: diff3 as in S. Khanna, K. Kunal, B. C. Pierce, “A Formal Investigation of Diff3”, FSTTCS
    2007, in the implementation of merge3; inside an unstable chunk, once more by units.
    """
    if mine in (base, theirs):
        return _single_hunk("theirs" if mine == base else "both", base, mine, theirs, theirs)
    if theirs == base:
        return _single_hunk("mine", base, mine, theirs, mine)
    # A missing newline at the end of the text is an invisible difference.
    is_open = not mine.endswith("\n") and not theirs.endswith("\n")
    sides = tuple(_split_lines(_with_final_newline(text)) for text in (base, mine, theirs))
    hunks = _merge_lines(*sides)
    text = "".join(line for hunk in hunks for line in _lines_of(hunk))
    if not any(hunk.kind == "conflict" for hunk in hunks) and not _are_literals_intact(sides, text):
        hunks = (_conflict(*sides),)
        text = "".join(hunks[0].mine)
    return MergeResult(hunks, text.removesuffix("\n") if is_open else text, not is_open)


class _LcsMatcher:
    """`common_blocks` with the interface that merge3 expects of a `difflib.SequenceMatcher`."""

    def __init__(self, _junk: object, a: Sequence[str], b: Sequence[str]) -> None:
        self._a, self._b = a, b

    def get_matching_blocks(self) -> list[tuple[int, int, int]]:
        return [*common_blocks(self._a, self._b), (len(self._a), len(self._b), 0)]


def _merge_lines(base: list[str], mine: list[str], theirs: list[str]) -> tuple[Hunk, ...]:
    sides = (base, mine, theirs)
    regions = list(_regions(*sides))
    literal = [literal_lines(side) for side in sides]
    budget = Budget()
    hunks: list[Hunk] = []
    if sum(_kind_of(*_lines_at(sides, spans)) == "conflict" for spans in regions) <= MAX_OVERLAPS:
        hunks = [_merge_region(sides, literal, spans, budget) for spans in regions]
        hunks = _with_moves_asked(hunks, sides)
    is_decidable = sum(hunk.kind == "conflict" for hunk in hunks) <= MAX_OVERLAPS
    return tuple(hunks) if hunks and is_decidable else (_conflict(*sides),)


def _regions(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[_Spans]:
    """Alternating spans of lines: common to all three texts, and different."""
    ends = (0, 0, 0)
    for region in Merge3(base, mine, theirs, sequence_matcher=_LcsMatcher).find_sync_regions():
        starts, new_ends = region[::2], region[1::2]
        for spans in (zip(ends, starts, strict=True), zip(starts, new_ends, strict=True)):
            found = tuple(slice(*span) for span in spans)
            if any(span.start < span.stop for span in found):
                yield found
        ends = new_ends


def _lines_at(sides: _Sides, spans: _Spans) -> tuple[Lines, ...]:
    return tuple(tuple(side[span]) for side, span in zip(sides, spans, strict=True))


def _kind_of(base: Lines, mine: Lines, theirs: Lines) -> Kind:
    if mine == theirs:
        return "same" if mine == base else "both"
    if base not in (mine, theirs):
        return "conflict"
    return "theirs" if mine == base else "mine"


def _merge_region(
    sides: _Sides, literal: Sequence[Sequence[bool]], spans: _Spans, budget: Budget
) -> Hunk:
    """Merge a run of lines; lines that both sides changed are merged by items or words, or
    conflict.
    """
    base, mine, theirs = _lines_at(sides, spans)
    kind = _kind_of(base, mine, theirs)
    if kind != "conflict":
        return Hunk(kind, base, mine, theirs, theirs if kind == "theirs" else mine)
    merged = None
    if not any(any(marks[span]) for marks, span in zip(literal, spans, strict=True)):
        merged = merge_items(base, mine, theirs)
        if merged is None:
            merged = merge_words("".join(base), "".join(mine), "".join(theirs), budget)
    if merged is None:
        return _conflict(base, mine, theirs)
    return Hunk("both", base, mine, theirs, tuple(_split_lines(merged)))


def _with_moves_asked(hunks: list[Hunk], sides: _Sides) -> list[Hunk]:
    """Make lines conflicts that both sides moved, or one moved and the other removed.

    Otherwise such a line would occur twice or reappear.
    """
    base, mine, theirs = map(_count_texts, sides)
    merged = Counter(line for hunk in hunks for line in _count_shown(hunk).elements())
    doubled = {
        line
        for line in mine | theirs
        if merged[line] > max(mine[line] + theirs[line] - base[line], min(mine[line], theirs[line]))
    }
    return [
        _conflict(hunk.base, hunk.mine, hunk.theirs)
        if hunk.mine != hunk.theirs
        and not doubled.isdisjoint(_count_texts(hunk.merged) - _count_texts(hunk.base))
        else hunk
        for hunk in hunks
    ]


def _count_shown(hunk: Hunk) -> Counter[str]:
    """How often each line may occur in the result of a hunk."""
    if hunk.kind == "conflict":
        return _count_texts(hunk.mine) | _count_texts(hunk.theirs)
    return _count_texts(hunk.merged)


def _count_texts(lines: Iterable[str]) -> Counter[str]:
    """How often each line with content occurs."""
    return Counter(line for line in lines if any(map(str.isalnum, line)))


def _conflict(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Hunk:
    return Hunk("conflict", tuple(base), tuple(mine), tuple(theirs), ())


def _are_literals_intact(sides: Sequence[Sequence[str]], text: str) -> bool:
    """Whether code and front matter of `text` are as well-formed as on both sides.

    An unclosed fence would swallow the page; a field that both sides added would be there twice.
    """
    merged = _split_lines(text)
    is_closed = has_closed_fences(merged) or not all(map(has_closed_fences, sides))
    return is_closed and (not has_duplicate_field(merged) or any(map(has_duplicate_field, sides)))


def _single_hunk(
    kind: Literal["mine", "theirs", "both"], base: str, mine: str, theirs: str, merged: str
) -> MergeResult:
    sides = [tuple(_split_lines(text)) for text in (base, mine, theirs, merged)]
    return MergeResult((Hunk(kind, *sides),), merged)


def _lines_of(hunk: Hunk) -> Lines:
    return hunk.mine if hunk.kind == "conflict" else hunk.merged


def _with_final_newline(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _split_lines(text: str) -> list[str]:
    r"""Lines with their newlines; only `\n` ends a line, whatever Unicode says."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]

"""Three-way merge of a page's text. Pure.

First by lines; then, where both sides changed the same lines, prose is merged by words, so that two
people may correct one paragraph, and lists by items, so that both may add to one. Code and front
matter are merged by whole lines only. Whatever is left is a conflict, and conflict markers are
never written into a text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from merge3 import Merge3

from wiki.pages.budget import Budget
from wiki.pages.diffing.lcs import common_blocks
from wiki.pages.merging.inline_merge import merge_items, merge_words
from wiki.pages.merging.literal_blocks import has_closed_fences, has_duplicate_field, literal_lines

MAX_OVERLAPS = 500  # where both changed the same lines; nobody resolves more one by one

Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of lines; `merged` is what the merge makes of it, empty for a conflict."""

    kind: Literal["same", "mine", "theirs", "both", "conflict"]
    base: Lines
    mine: Lines
    theirs: Lines
    merged: Lines


@dataclass(frozen=True, slots=True)
class MergeResult:
    """Hunks in order, and the merged text, with mine where the two sides conflict.

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
        """Whether both changes fit together, so that `text` can be saved as it is."""
        return not self.conflicts


def merge_texts(base: str, mine: str, theirs: str) -> MergeResult:
    """Three-way merge of two descendants of `base`, by lines, list items and words.

    When only one side changed, or both changed alike, the result is that text, byte for byte.
    Symmetric, but for the order of items that both added in one place: theirs come first.
    Never raises; takes the time of a few longest common subsequences.

    Source: diff3 as in S. Khanna, K. Kunal, B. C. Pierce, "A Formal Investigation of Diff3",
    FSTTCS 2007, in the implementation of merge3; inside an unstable chunk, once more by units.
    """
    if mine in (base, theirs):
        return _single_hunk("theirs" if mine == base else "both", base, mine, theirs, theirs)
    if theirs == base:
        return _single_hunk("mine", base, mine, theirs, mine)
    # A missing newline at the end of the text is a difference that nobody sees.
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
    regions = list(Merge3(base, mine, theirs, sequence_matcher=_LcsMatcher).merge_regions())
    if sum(kind == "conflict" for kind, *_ in regions) > MAX_OVERLAPS:
        return (_conflict(base, mine, theirs),)
    budget = Budget()
    literal = [literal_lines(side) for side in (base, mine, theirs)]
    hunks: list[Hunk] = []
    for region in regions:
        kind, *bounds = region
        if kind == "conflict":
            hunks.append(_merge_inline((base, mine, theirs), literal, bounds, budget))
            continue
        start, end = bounds
        source = {"unchanged": base, "a": mine, "b": theirs, "same": mine}[kind]
        hunks.append(_agreed_hunk(kind, tuple(source[start:end])))
    return tuple(hunks)


def _agreed_hunk(kind: str, lines: Lines) -> Hunk:
    """A run of lines that at most one side changed, or both alike."""
    match kind:
        case "unchanged":
            return Hunk("same", lines, lines, lines, lines)
        case "a":
            return Hunk("mine", (), lines, (), lines)
        case "b":
            return Hunk("theirs", (), (), lines, lines)
        case _:
            return Hunk("both", (), lines, lines, lines)


def _merge_inline(
    sides: tuple[list[str], list[str], list[str]],
    literal: Sequence[Sequence[bool]],
    bounds: Sequence[int],
    budget: Budget,
) -> Hunk:
    """A run of lines that both sides changed: merged by items or words, or a conflict."""
    spans = [slice(start, end) for start, end in zip(bounds[::2], bounds[1::2], strict=True)]
    base, mine, theirs = (tuple(side[span]) for side, span in zip(sides, spans, strict=True))
    is_literal = any(any(marks[span]) for marks, span in zip(literal, spans, strict=True))
    merged = None
    if not is_literal:
        merged = merge_items(base, mine, theirs)
        if merged is None:
            merged = merge_words("".join(base), "".join(mine), "".join(theirs), budget)
    if merged is None:
        return _conflict(base, mine, theirs)
    return Hunk("both", base, mine, theirs, tuple(_split_lines(merged)))


def _conflict(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Hunk:
    return Hunk("conflict", tuple(base), tuple(mine), tuple(theirs), ())


def _are_literals_intact(sides: Sequence[Sequence[str]], text: str) -> bool:
    """Whether code and front matter of `text` are as well-formed as they were on the sides.

    An unclosed fence would swallow the page; a field that both added would be there twice.
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

"""Hunks: the single changes of a text, of which some can be accepted. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from wiki.pages.diffing.lcs import common_blocks


@dataclass(frozen=True, slots=True)
class ProposedHunk:
    """A run of changed lines: `before` becomes `after`; either may be empty.

    `line` is the number of its first line in the old text; `above` is the line before that.
    """

    before: str
    after: str
    line: int
    above: str = ""


def hunks(before: str, after: str) -> list[ProposedHunk]:
    """The changes that turn `before` into `after`, in order; as fast as `common_blocks`."""
    found, at = [], 1
    last = ""
    for old, new in _runs(before, after):
        if old != new:
            found.append(ProposedHunk("".join(old), "".join(new), at, last))
        at += len(old)
        last = old[-1].rstrip("\n") if old else last
    return found


def take_hunks(before: str, after: str, chosen: Collection[int]) -> str:
    """`before` with the hunks in `chosen` (numbers from 0) applied.

    With all of them it equals `after`, with none `before`, byte for byte.
    """
    taken: list[str] = []
    number = 0
    for old, new in _runs(before, after):
        is_taken = old != new and number in chosen
        number += old != new
        taken += new if is_taken else old
    return "".join(taken)


def _runs(before: str, after: str) -> list[tuple[list[str], list[str]]]:
    """The lines of both texts in runs that are either the same or different."""
    a, b = _lines(before), _lines(after)
    runs, at_a, at_b = [], 0, 0
    for start_a, start_b, length in [*common_blocks(a, b), (len(a), len(b), 0)]:
        if at_a < start_a or at_b < start_b:
            runs.append((a[at_a:start_a], b[at_b:start_b]))
        same = a[start_a : start_a + length]
        if same:
            runs.append((same, same))
        at_a, at_b = start_a + length, start_b + length
    return runs


def _lines(text: str) -> list[str]:
    r"""The lines with their line feeds; only `\n` ends a line."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]

"""Which revision each line of a page comes from. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic

from wiki.pages.sequences import common_blocks

BUDGET = 0.5  # seconds; a page's answer stays under one


@dataclass(frozen=True, slots=True)
class BlamedLine:
    """A line and the revision that brought it; `is_earlier` when it may be older than that."""

    text: str
    number: int
    is_earlier: bool = False


def blame(revisions: Iterable[tuple[int, str | None]], budget: float = BUDGET) -> list[BlamedLine]:
    """The lines of the first text, each with the number of the revision that brought it.

    `revisions` are `(number, text)`, the newest first; they are read only as far as needed.
    What an erased one brought, whose text is `None`, may be of the next one or of it. After
    `budget` seconds, lines not settled yet are said to be as old as the last one read, or
    older. Never raises on any text.
    """
    deadline = monotonic() + budget
    walk = iter(revisions)
    number, text = next(((n, t) for n, t in walk if t is not None), (0, None))
    if text is None:
        return []
    lines = text.split("\n")
    origin = [number] * len(lines)
    # Line of the text at hand -> line of the newest text it became.
    open_lines = {i: i for i in range(len(lines))}
    newer, is_gap = lines, False
    unsettled: set[int] = set()
    for older_number, older_text in walk:
        if older_text is None:
            is_gap = True
            continue
        older = older_text.split("\n")
        still_open: dict[int, int] = {}
        for at_older, at_newer, length in common_blocks(older, newer):
            for i in range(length):
                place = open_lines.get(at_newer + i)
                if place is not None:
                    still_open[at_older + i] = place
                    origin[place] = older_number
        if is_gap:
            unsettled |= set(open_lines.values()) - set(still_open.values())
        open_lines, newer, number, is_gap = still_open, older, older_number, False
        if not open_lines or monotonic() > deadline:
            break
    if number > 1:
        unsettled |= set(open_lines.values())
    return [BlamedLine(line, origin[i], is_earlier=i in unsettled) for i, line in enumerate(lines)]


def runs(lines: Iterable[BlamedLine]) -> list[tuple[int, bool, list[str]]]:
    """`(number, is_earlier, texts)` of lines of one origin; a blank line belongs to those above."""
    found: list[tuple[int, bool, list[str]]] = []
    for line in lines:
        origin = (line.number, line.is_earlier)
        if found and (not line.text.strip() or found[-1][:2] == origin):
            found[-1][2].append(line.text)
        else:
            found.append((*origin, [line.text]))
    return found

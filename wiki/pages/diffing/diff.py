"""The diff of two texts, by lines and, inside changed lines, by words. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from typing import Literal

from wiki.letters import TOKEN
from wiki.pages.budget import Budget, escaped_size
from wiki.pages.diffing.lcs import Block, common_blocks

CONTEXT_LINES = 3  # lines shown around a change
UNFOLDED_LINES = 200  # lines of a fold that one click shows
MAX_ROWS = 2_000  # more than anybody reads, and half a second to show
# Characters of a line that can count as moved; lines of brackets are everywhere.
MIN_MOVED_LENGTH = 12
MAX_LINE_WORDS = 20_000  # on each side of one line; above, the whole line is marked
ROW_HTML_SIZE = 250  # bytes of HTML around the texts of a row
MARK_HTML_SIZE = 13  # bytes around a marked span

Span = tuple[str, bool]  # text, and whether it is marked as changed

_TOKENS = re.compile(TOKEN)


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One line of a diff: its number and spans on both sides, or `count` folded lines.

    `moved` is the line's number on the other side, if it was moved.
    """

    kind: Literal["same", "changed", "removed", "added", "fold"]
    left_number: int | None = None
    right_number: int | None = None
    left: tuple[Span, ...] = ()
    right: tuple[Span, ...] = ()
    count: int = 0
    moved: int | None = None


@dataclass(frozen=True, slots=True)
class Diff:
    """The rows of a diff, and how many lines it adds and removes.

    `is_cut` says that rows were left out, `is_coarse` that whole lines are marked because there
    were too many words to compare.
    """

    rows: tuple[DiffRow, ...]
    added: int
    removed: int
    is_cut: bool = False
    is_coarse: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the texts are the same."""
        return not (self.added or self.removed)


def diff_texts(
    old: str,
    new: str,
    context: int = CONTEXT_LINES,
    limit: int = MAX_ROWS,
    budget: Budget | None = None,
    *,
    opened: Collection[int] = (),
) -> Diff:
    r"""The rows that turn `old` into `new`, with unchanged runs folded to `context` lines.

    A fold whose left line number is in `opened` shows its first lines. Only `\n` ends a line.

    Never raises. Time and memory are bounded by `common_blocks` and by `budget`: once it is out of
    words, whole lines are marked; once it is out of bytes, no more rows follow.
    """
    budget = budget or Budget()
    a, b = old.split("\n"), new.split("\n")
    blocks = common_blocks(a, b)
    rows = islice(_with_unfolded(_rows(a, b, blocks, context, budget), a, opened), limit + 1)
    shown = list(takewhile(lambda row: budget.take_size(row_size(row)), rows))
    common = sum(length for _, _, length in blocks)
    return Diff(
        tuple(_with_moves(shown[:limit])),
        len(b) - common,
        len(a) - common,
        is_cut=len(shown) > limit or budget.is_out_of_size,
        is_coarse=budget.is_out_of_words,
    )


def _with_unfolded(
    rows: Iterator[DiffRow], a: Sequence[str], opened: Collection[int]
) -> Iterator[DiffRow]:
    for row in rows:
        left, right, count = row.left_number or 0, row.right_number or 0, row.count
        while count and left in opened:
            shown = count if count <= UNFOLDED_LINES + 2 else UNFOLDED_LINES
            yield from (
                _same_row(a[left - 1 + i], left - 1 + i, right - 1 + i) for i in range(shown)
            )
            left, right, count = left + shown, right + shown, count - shown
        if row.kind != "fold":
            yield row
        elif count:
            yield DiffRow("fold", left, right, count=count)


def row_size(row: DiffRow) -> int:
    """The approximate size of a row in bytes of HTML, for a `Budget`."""
    return ROW_HTML_SIZE + sum(map(_span_size, (*row.left, *row.right)))


def _span_size(span: Span) -> int:
    text, is_marked = span
    if not is_marked:
        return escaped_size(text)
    # White space is shown as symbols of up to four bytes.
    return MARK_HTML_SIZE + (4 * len(text) if text.isspace() else escaped_size(text))


def _rows(
    a: Sequence[str], b: Sequence[str], blocks: list[Block], context: int, budget: Budget
) -> Iterator[DiffRow]:
    at_a = at_b = 0
    for start_a, start_b, length in blocks:
        yield from _changed_rows(a[at_a:start_a], b[at_b:start_b], at_a, at_b, budget)
        at_a, at_b = start_a + length, start_b + length
        before = context if start_a or start_b else 0
        after = context if at_a < len(a) or at_b < len(b) else 0
        # Unfolding a line or two costs the reader more than folding them saves.
        if length - before - after <= 2:
            before, after = length, 0
        yield from (_same_row(a[start_a + i], start_a + i, start_b + i) for i in range(before))
        if folded := length - before - after:
            yield DiffRow("fold", start_a + before + 1, start_b + before + 1, count=folded)
        yield from (_same_row(a[at_a - i], at_a - i, at_b - i) for i in range(after, 0, -1))
    yield from _changed_rows(a[at_a:], b[at_b:], at_a, at_b, budget)


def mark_changes(old: str, new: str, budget: Budget) -> list[tuple[Span, ...]]:
    """The lines of `new`, with the words marked that `old` doesn’t have.

    Whole lines are marked once `budget` is out of words.
    """
    a, b = old.split("\n"), new.split("\n")
    rows = _rows(a, b, common_blocks(a, b), len(a) + len(b), budget)
    return [row.right for row in rows if row.right_number is not None]


def _same_row(line: str, at_a: int, at_b: int) -> DiffRow:
    spans = ((line, False),)
    return DiffRow("same", at_a + 1, at_b + 1, spans, spans)


def _changed_rows(
    old: Sequence[str], new: Sequence[str], at_a: int, at_b: int, budget: Budget
) -> Iterator[DiffRow]:
    """Pair the lines of a changed block in order, as far as they are similar."""
    paired = 0
    for left_line, right_line in zip(old, new, strict=False):
        left, right, is_similar = _word_spans(left_line, right_line, budget)
        if not is_similar:
            break
        yield DiffRow("changed", at_a + paired + 1, at_b + paired + 1, left, right)
        paired += 1
    for i, line in enumerate(old[paired:], paired):
        yield DiffRow("removed", at_a + i + 1, None, ((line, True),))
    for i, line in enumerate(new[paired:], paired):
        yield DiffRow("added", None, at_b + i + 1, (), ((line, True),))


def _word_spans(
    old: str, new: str, budget: Budget
) -> tuple[tuple[Span, ...], tuple[Span, ...], bool]:
    """The spans of both lines, differing words marked, and whether the lines are similar."""
    if budget.is_out_of_words:
        return ((old, True),), ((new, True),), False
    a, b = _TOKENS.findall(old), _TOKENS.findall(new)
    if not budget.take_words(len(a) + len(b)) or max(len(a), len(b)) > MAX_LINE_WORDS:
        return ((old, True),), ((new, True),), False
    left: list[Span] = []
    right: list[Span] = []
    at_a = at_b = shared = 0
    for start_a, start_b, length in [*common_blocks(a, b), (len(a), len(b), 0)]:
        _append_span(left, "".join(a[at_a:start_a]), True)
        _append_span(right, "".join(b[at_b:start_b]), True)
        common = "".join(a[start_a : start_a + length])
        shared += len(common.strip())
        _append_span(left, common, False)
        _append_span(right, common, False)
        at_a, at_b = start_a + length, start_b + length
    is_similar = shared * 3 >= min(len(old.strip()), len(new.strip()))
    return tuple(left), tuple(right), is_similar


def _append_span(spans: list[Span], text: str, is_marked: bool) -> None:
    if not text:
        return
    # White space between two changed words is marked as well, or the line looks like confetti.
    if spans and not is_marked and text.isspace() and spans[-1][1]:
        is_marked = True
    if spans and spans[-1][1] == is_marked:
        spans[-1] = (spans[-1][0] + text, is_marked)
    else:
        spans.append((text, is_marked))


def _with_moves(rows: list[DiffRow]) -> list[DiffRow]:
    """The rows, with each line marked as moved that was removed once and added once."""
    removed, added = _unique_lines(rows, "removed"), _unique_lines(rows, "added")
    for text in removed.keys() & added.keys():
        here, there = removed[text], added[text]
        from_, to = rows[here].left_number, rows[there].right_number
        rows[here], rows[there] = replace(rows[here], moved=to), replace(rows[there], moved=from_)
    return rows


def _unique_lines(rows: list[DiffRow], kind: str) -> dict[str, int]:
    """The lines that occur once among rows of this kind, with their indices in `rows`."""
    found: dict[str, int] = {}
    twice: set[str] = set()
    for at, row in enumerate(rows):
        if row.kind == kind:
            ((text, _),) = row.left or row.right
            if text in found:
                twice.add(text)
            elif len(text.strip()) >= MIN_MOVED_LENGTH:
                found[text] = at
    return {text: at for text, at in found.items() if text not in twice}

"""Finds code spans in a Markdown source, for code that edits the source."""

import re
from collections.abc import Callable

_RUN_OR_BREAK = re.compile(r"(?P<run>`+)|\n(?=[ \t]*\n)")


def replace_outside_spans(
    pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], text: str
) -> str:
    """`text` with the matches of `pattern` outside of code spans replaced, as by `re.sub`.

    Where a span and a match overlap, the one that begins first counts. A span ends with its
    paragraph at the latest. Takes linear time if `pattern` does.
    """
    if "`" not in text:
        return pattern.sub(replace, text)
    ends = _span_ends(text)
    either = re.compile(f"{pattern.pattern}|(?P<_run>`+)", pattern.flags)
    made: list[str] = []
    done = place = 0
    while found := either.search(text, place):
        if found["_run"] is None:
            made += text[done : found.start()], replace(found)
            done = place = found.end()
        else:
            place = ends.get(found.start(), found.end())
    return "".join([*made, text[done:]])


def _span_ends(text: str) -> dict[int, int]:
    """For each run of backticks that can open a code span (by offset): where the span ends."""
    ends: dict[int, int] = {}
    last: dict[int, int] = {}  # by length, the last run of backticks in the paragraph
    for found in _RUN_OR_BREAK.finditer(text):
        if found["run"] is None:
            last.clear()
            continue
        length = found.end() - found.start()
        if length in last:
            ends[last[length]] = found.end()
        last[length] = found.start()
    return ends

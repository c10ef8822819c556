"""Code spans within a Markdown source, for what changes it by its own signs."""

import re
from collections.abc import Callable

_RUN_OR_BREAK = re.compile(r"(?P<run>`+)|\n(?=[ \t]*\n)")


def replace_outside_spans(
    pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], text: str
) -> str:
    """`text` with what `replace` makes of each match of `pattern` that begins in no code span.

    Whichever begins first counts, a span or a match. A span ends with its paragraph at the latest.
    Linear in the text, as far as `pattern` is.
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
    """Where the code span ends that each run of backticks would begin, for those that can."""
    ends: dict[int, int] = {}
    last: dict[int, int] = {}  # the last run of each length within the paragraph
    for found in _RUN_OR_BREAK.finditer(text):
        if found["run"] is None:
            last.clear()
            continue
        length = found.end() - found.start()
        if length in last:
            ends[last[length]] = found.end()
        last[length] = found.start()
    return ends

"""Finds the lines of fenced code in a Markdown source, for code that reads it line by line."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

_FENCE = re.compile(r"[ \t>]*(?:(?:[-+*]|[0-9]{1,9}[.)])[ \t]+)*(`{3,}(?=[^`]*$)|~{3,})(.*)")


def with_code_flags(lines: Iterable[str]) -> Iterator[tuple[bool, str]]:
    """Yield `(is_code, line)` for each line; the fences themselves count as code."""
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        yield bool(fence or mark), line
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not mark[2].strip():
            fence = ""


def replace_outside_code(text: str, replace: Callable[[str], str]) -> str:
    """`text` with each part outside of fenced code replaced by the result of `replace`."""
    runs = groupby(with_code_flags(text.splitlines(keepends=True)), key=lambda each: each[0])
    parts = ((is_code, "".join(line for _, line in lines)) for is_code, lines in runs)
    return "".join(part if is_code else replace(part) for is_code, part in parts)

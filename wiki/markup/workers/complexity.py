"""Checks in linear time whether a text can safely be rendered without a time limit.

Every parser has inputs on which it is quadratic. In a small text they need many repetitions of the
same construct, so counting is enough. Texts that fail are rendered in the worker process.
"""

import re

IN_PROCESS_LIMIT = 64_000  # characters; about 80 ms

# How often each may occur: far more often than people write them in a text of that size.
_COUNTED = {
    "[^": 200,
    "^[": 200,
    "]:": 200,
    "<": 800,
    "*": 3_000,
    "_": 3_000,
    "~": 1_500,
    "`": 3_000,
    "==": 1_500,
    "$": 200,
    "\n": 3_000,
}
# Each attribute of a tag is compared with those before it.
_LONG_TAG = re.compile(r"<[^<>]{4000}")
# Definitions, which are inserted wherever their names are used.
_LONG_DEFINITION = re.compile(r"\]:(?:[^\n]|\n(?!\n)){1000}")
_COLUMNS = 40  # rows are padded to the width of the table, so its cost is width times height
# Half of Pygments' lexers have a quadratic input; a page of ten blocks of 1,000 characters is
# well within, one block of 5,000 is not.
_CODE_COST = 20_000_000  # characters squared, summed over the code blocks with a language
_FENCE = re.compile(r"(?m)^[ \t>]*(?:`{3,}|~{3,})[ \t]*([^\s`]?)")
_UNCLOSED = 50  # `[` without `]`
_QUOTE_DEPTH = 15
_INDENT = 60  # columns, or thirty levels of lists
_DEEP_QUOTE = re.compile(rf"(?m)^(?:[ \t]*>){{{_QUOTE_DEPTH}}}")
_DEEP_MARKERS = re.compile(rf"(?m)^[ \t]*(?:(?:[-+*]|[0-9]{{1,9}}[.)])[ \t]+){{{_QUOTE_DEPTH}}}")
_DEEP_INDENT = re.compile(rf"(?m)^[ \t]{{{_INDENT}}}[ \t]*(?:[-+*>]|[0-9])")


def is_plain(text: str) -> bool:
    """Whether `text` is small and has no construct often enough to make a parser slow."""
    if len(text) > IN_PROCESS_LIMIT:
        return False
    if abs(text.count("[") - text.count("]")) > _UNCLOSED:
        return False
    if _DEEP_QUOTE.search(text) or _DEEP_MARKERS.search(text) or _DEEP_INDENT.search(text):
        return False
    if _LONG_TAG.search(text) or _LONG_DEFINITION.search(text):
        return False
    if any(line.count("|") > _COLUMNS for line in text.split("\n")):
        return False
    if _code_cost(text) > _CODE_COST:
        return False
    return all(text.count(piece) <= limit for piece, limit in _COUNTED.items())


def _code_cost(text: str) -> int:
    fences = list(_FENCE.finditer(text))
    ends = [fence.start() for fence in fences[1:]] + [len(text)]
    return sum(
        (end - fence.start()) ** 2 for fence, end in zip(fences, ends, strict=False) if fence[1]
    )

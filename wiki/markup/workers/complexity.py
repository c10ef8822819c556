"""A linear check of a text before it is parsed: may it be rendered where nothing can stop it?

Every parser below has inputs on which it is quadratic. In a text this small they need many of
the same thing, so counting is enough; what is refused here still renders, in the worker.
"""

import re

IN_PROCESS_LIMIT = 64_000  # characters; about 80 ms

# How often each may occur. The limits are far above what people write in a text of that size.
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
# What a name stands for, put in wherever it is used.
_LONG_DEFINITION = re.compile(r"\]:(?:[^\n]|\n(?!\n)){1000}")
_COLUMNS = 40  # a table's rows are filled up to its width, so width times height is the cost
# Half of Pygments' lexers have a quadratic input; a page of ten blocks of 1,000 characters is
# well within, one block of 5,000 is not.
_CODE_COST = 20_000_000  # characters squared, summed over the blocks that have a language
_FENCE = re.compile(r"(?m)^[ \t>]*(?:`{3,}|~{3,})[ \t]*([^\s`]?)")
_UNCLOSED = 50  # `[` without its `]`
_QUOTE_DEPTH = 15
_INDENT = 60  # columns: thirty levels of lists
_DEEP_QUOTE = re.compile(rf"(?m)^(?:[ \t]*>){{{_QUOTE_DEPTH}}}")
_DEEP_MARKERS = re.compile(rf"(?m)^[ \t]*(?:(?:[-+*]|[0-9]{{1,9}}[.)])[ \t]+){{{_QUOTE_DEPTH}}}")
_DEEP_INDENT = re.compile(rf"(?m)^[ \t]{{{_INDENT}}}[ \t]*(?:[-+*>]|[0-9])")


def is_plain(text: str) -> bool:
    """Whether `text` is small and has nothing in such number that a parser would be slow on it."""
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

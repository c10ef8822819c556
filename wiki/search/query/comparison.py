"""Recognises comparisons: `rest vs graphql`, `difference between a list and a tuple`."""

import re

_VERSUS = re.compile(
    r"(?i)^(?:when to use\s+)?(?P<one>\S.*?)\s+(?:vs\.?|versus|v/s)\s+(?P<other>\S.*)$"
)
_DIFFERENCE = re.compile(
    r"(?i)\b(?:differences? between|differs?|compar(?:e|ing|ison of)"
    r"|(?:choos(?:e|ing)|decide) between)\s+(?P<one>\S.*?)\s+(?:and|with|to|or|from)"
    r"\s+(?P<other>\S.*)$"
)
VERSUS = frozenset({"vs", "vs.", "versus", "v/s"})
MAX_LENGTH = 200  # characters; a longer text is about more than a comparison


def compared(text: str) -> tuple[str, str] | None:
    """The two things that a query compares; `None` if it is not a comparison."""
    if len(text) > MAX_LENGTH:
        return None
    match = _VERSUS.search(text) or _DIFFERENCE.search(text)
    return (match["one"], match["other"].rstrip(" ?!.")) if match else None

"""The beginning of a page, for search engines and link previews."""

import re
from html import unescape

from wiki.markup.slots import without_slots

EXCERPT_LENGTH = 160  # characters; about as much as search engines show

_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_TAG = re.compile(r"<math\b.*?</math>|<[^>]*>", re.DOTALL)


def opening_words(slotted: str, length: int = EXCERPT_LENGTH) -> str:
    """The beginning of the first paragraph with text; empty if there is none.

    `slotted` is stored HTML; `length` the maximum in characters.
    """
    for paragraph in _PARAGRAPH.finditer(slotted):
        words = " ".join(unescape(_TAG.sub("", without_slots(paragraph[1]))).split())
        if any(map(str.isalnum, words)):
            return _cut(words, length)
    return ""


def _cut(words: str, length: int) -> str:
    if len(words) <= length:
        return words
    whole, _, _ = words[:length].rpartition(" ")
    # Some scripts do not separate words by spaces.
    return f"{whole if len(whole) > length // 2 else words[: length - 1]}…"

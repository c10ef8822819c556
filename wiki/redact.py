"""Finds and redacts a phrase in any value. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from wiki.letters import normalize

# Replaces the phrase; not longer than the shortest phrase that can be erased, so that
# no value grows beyond its limit.
REDACTION = "████"

# Characters that URLs leave unescaped: with `url_for`, and with stricter encoders.
_SAFE = ("!$&'()*+,/:;=@", "/", "")


class ErasedPhrase:
    """A phrase in all its spellings: composed or decomposed, and escaped in URLs.

    `in_any_case` ignores upper and lower case.
    """

    def __init__(self, text: str, *, in_any_case: bool = False) -> None:
        self.text = text
        self._fold: Callable[[str], str] = _without_case if in_any_case else _decomposed
        written = {text, *(quote(text, safe=safe) for safe in _SAFE)}
        needles = sorted({self._fold(each) for each in written}, key=len, reverse=True)
        self._needles = tuple(needles)
        self._pattern = re.compile("|".join(map(re.escape, needles)))

    def is_in(self, value: Any) -> bool:
        """Whether a text or number contains the phrase, also nested in lists or mappings."""
        if isinstance(value, str):
            return any(True for _ in self._spans(value))
        if isinstance(value, Mapping):
            return any(self.is_in(part) for item in value.items() for part in item)
        if isinstance(value, list | tuple):
            return any(self.is_in(part) for part in value)
        return _is_number(value) and self.is_in(str(value))

    def redacted(self, value: Any) -> Any:
        """`value` with each occurrence of the phrase replaced by `REDACTION`."""
        if isinstance(value, str):
            return self._redacted_text(value)
        if isinstance(value, Mapping):
            return {self.redacted(name): self.redacted(part) for name, part in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self.redacted(part) for part in value)
        return REDACTION if _is_number(value) and self.is_in(value) else value

    def _redacted_text(self, text: str) -> str:
        parts, at = [], 0
        for start, end in self._spans(text):
            if end <= at:
                continue
            if start >= at:
                parts += [text[at:start], REDACTION[: end - start]]
            at = end
        return "".join((*parts, text[at:])) if parts else text

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of each occurrence, in order; they may overlap."""
        folded = self._fold(text)
        if not any(needle in folded for needle in self._needles):
            return
        if text.isascii():
            yield from (match.span() for match in self._pattern.finditer(folded))
            return
        found = set(self._spans_in_letters(text))
        # Also literally, where a following mark turns its last letter into another one.
        found.update(match.span() for match in re.finditer(re.escape(self.text), text))
        yield from sorted(found)

    def _spans_in_letters(self, text: str) -> Iterator[tuple[int, int]]:
        """Occurrences that don’t separate a letter from its marks."""
        places, parts, length = {0: 0}, [], 0
        for start, end in _letters(text):
            part = self._fold(text[start:end])
            parts.append(part)
            length += len(part)
            places[length] = end
        folded, at = "".join(parts), 0
        while match := self._pattern.search(folded, at):
            start, end = match.span()
            is_whole = start in places and end in places
            if is_whole:
                yield places[start], places[end]
            at = end if is_whole else start + 1


def _letters(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for at in range(1, len(text)):
        if not unicodedata.combining(text[at]):
            yield start, at
            start = at
    if text:
        yield start, len(text)


_decomposed = partial(normalize, "NFD")


def _without_case(text: str) -> str:
    if text.isascii():
        return text.lower()
    folded = _decomposed(_decomposed(text).casefold())
    # The Turkish letters i, with and without a dot.
    return folded.replace("i\u0307", "i").replace("\u0131", "i")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

"""Finding a phrase in any value, and redacting it. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from wiki.letters import normalize

# What replaces the phrase; no longer than the shortest phrase that is erased, so that
# nothing grows over its limit.
REDACTION = "████"

# As addresses have it: what `url_for` leaves as it is, and what strict writers do.
_SAFE = ("!$&'()*+,/:;=@", "/", "")


class ErasedPhrase:
    """A phrase as it may be written: composed or decomposed, escaped in an address.

    `in_any_case`: in other upper and lower case, too.
    """

    def __init__(self, text: str, *, in_any_case: bool = False) -> None:
        self.text = text
        self._fold: Callable[[str], str] = _without_case if in_any_case else _decomposed
        written = {text, *(quote(text, safe=safe) for safe in _SAFE)}
        needles = sorted({self._fold(each) for each in written}, key=len, reverse=True)
        self._needles = tuple(needles)
        self._pattern = re.compile("|".join(map(re.escape, needles)))

    def is_in(self, value: Any) -> bool:
        """Whether a text or number, or one anywhere in a list or mapping, holds the phrase."""
        if isinstance(value, str):
            return any(True for _ in self._spans(value))
        if isinstance(value, Mapping):
            return any(self.is_in(part) for item in value.items() for part in item)
        if isinstance(value, list | tuple):
            return any(self.is_in(part) for part in value)
        return _is_number(value) and self.is_in(str(value))

    def redacted(self, value: Any) -> Any:
        """`value` with `REDACTION` in place of each occurrence of the phrase."""
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
        """Where the phrase occurs, in order; places may overlap."""
        folded = self._fold(text)
        if not any(needle in folded for needle in self._needles):
            return
        if text.isascii():
            yield from (match.span() for match in self._pattern.finditer(folded))
            return
        found = set(self._spans_in_letters(text))
        # Bytes for bytes too, where a mark follows that makes another letter of its last one.
        found.update(match.span() for match in re.finditer(re.escape(self.text), text))
        yield from sorted(found)

    def _spans_in_letters(self, text: str) -> Iterator[tuple[int, int]]:
        """Places that begin and end between letters, each with its marks."""
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
    # The small and capital i of Turkish, with and without a dot.
    return folded.replace("i\u0307", "i").replace("\u0131", "i")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

"""Folds letters that readers consider equal: case, accents, width, spelling variants."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wiki.letters import normalize

# Combining marks for accents, vowel points and tones, which are removed. Indic vowel signs and
# Japanese voicing marks are kept: to readers they are letters.
_DROPPED = (
    *range(0x0300, 0x0370),
    *range(0x0591, 0x05C8),  # Hebrew points
    *range(0x0610, 0x061B),
    *range(0x064B, 0x0660),  # Arabic vowels and the hamza above alef
    0x0640,  # Arabic tatweel, which only stretches words
    0x0670,
    *range(0x06D6, 0x06DD),
    *range(0x135D, 0x1360),  # Ethiopic gemination
    0x00AD,
    *range(0x200B, 0x2010),  # soft hyphen, zero width, directions
    0x2060,
    0xFEFF,
)
_FOLDS: dict[int, str | None] = dict.fromkeys(_DROPPED)
_FOLDS |= {
    ord("ى"): "ي",
    ord("ٱ"): "ا",
    ord("ک"): "ك",
    ord("ی"): "ي",
    ord("ø"): "o",
    ord("ł"): "l",
    ord("đ"): "d",
    ord("ı"): "i",
    ord("ħ"): "h",
    ord("ŧ"): "t",
    ord("ð"): "d",
    ord("þ"): "th",
    ord("æ"): "ae",
    ord("œ"): "oe",
    ord("’"): "'",
    ord("ʼ"): "'",
    ord("‐"): "-",
    ord("‑"): "-",
}
# Ethiopic rows that Amharic readers hear, and so spell, as one: ሐ ኀ as ሀ, ሠ as ሰ, ዐ as አ, ፀ as ጸ;
# and of the gutturals the first and the fourth order: ሃ as ሀ, ኣ as አ.
_GUTTURALS = (0x1200, 0x12A0)
for _from, _to in (
    (0x1210, 0x1200),
    (0x1280, 0x1200),
    (0x1220, 0x1230),
    (0x12D0, 0x12A0),
    (0x1340, 0x1338),
):
    _FOLDS |= {
        _from + order: chr(_to + (0 if order == 3 and _to in _GUTTURALS else order))
        for order in range(7)
    }
_FOLDS |= {first + 3: chr(first) for first in _GUTTURALS}


_DIGIT = re.compile(r"[^\D0-9]")


def fold(text: str) -> str:
    """`text` without compatibility forms, case and accents, with ASCII digits, for comparison."""
    if text.isascii():
        return text.lower()
    decomposed = normalize("NFKD", text.translate(_FOLDS)).casefold()
    composed = normalize("NFC", decomposed.translate(_FOLDS))
    return _DIGIT.sub(lambda digit: str(unicodedata.decimal(digit.group())), composed)


_FEW = 64  # distinct characters; up to this number they are replaced one by one
_NOT_IN_WORDS = "\u200e\u200f\u2060\ufeff"  # invisible, but they separate words


@lru_cache(maxsize=10_000)
def _folded_character(character: str) -> str:
    """The folded form of a character; separators stay a single character."""
    folded = fold(character)
    if len(folded) == 1 or character.isalnum():
        return folded
    is_dropped = not folded and character not in _NOT_IN_WORDS
    return "" if is_dropped else character


def fold_in_place(text: str) -> str:
    """Fold only those characters that stay a single one, so that offsets stay valid."""
    if text.isascii():
        return text.lower()
    data = text.encode("utf-8", "surrogatepass")
    folds = {each: _folded_character(each) for each in _beyond_ascii(data)}
    return _replaced(data, {each: to for each, to in folds.items() if len(to) == 1})


class FoldedText(NamedTuple):
    """A folded text with its offsets in the original.

    `places` (length + 1): for each character, the offset of the original one, then the end of the
    text; `None` if no offset has changed.
    """

    text: str
    places: NDArray[np.int32] | None = None

    @property
    def is_in_place(self) -> bool:
        """Whether all offsets are the same as in the original."""
        return self.places is None

    def begin(self, at: int) -> int:
        """The offset in the original for a start at `at`."""
        return at if self.places is None else int(self.places[at])

    def end(self, at: int) -> int:
        """The offset in the original for an end at `at`, after combining marks."""
        if self.places is None or not at:
            return at
        return int(self.places[self.places.searchsorted(self.places[at - 1], "right")])

    def at(self, place: int) -> int:
        """The offset in the folded text of the first character from `place` on in the original."""
        if self.places is None:
            return place
        # With a wider number, NumPy would convert and copy all offsets.
        return int(self.places.searchsorted(np.int32(place)))


def fold_with_places(text: str) -> FoldedText:
    """Fold `text` as its words are folded, even if that changes its length."""
    if text.isascii():
        return FoldedText(text.lower())
    data = text.encode("utf-8", "surrogatepass")
    folds = {each: _folded_character(each) for each in _beyond_ascii(data)}
    folded = FoldedText(_replaced(data, folds))
    widths = {each: len(to) for each, to in folds.items() if len(to) != 1}
    if widths:
        folded = FoldedText(folded.text, _places(text, widths))
    marks = {each for each in "".join(folds.values()) if _may_join(each)}
    if marks and normalize("NFC", folded.text) != folded.text:
        folded = _composed(folded, marks)
    return folded


def _places(text: str, widths: Mapping[str, int]) -> NDArray[np.int32]:
    # One more than there are characters, for the end.
    codes = np.frombuffer(f"{text} ".encode("utf-32-le", "surrogatepass"), np.uint32)
    of_code = np.ones(int(codes.max()) + 1, np.int8)
    for each, width in widths.items():
        of_code[ord(each)] = width
    return np.arange(len(codes), dtype=np.int32).repeat(of_code[codes])


@lru_cache(maxsize=10_000)
def _may_join(character: str) -> bool:
    """Whether a character may combine with the one before: a mark, a Hangul vowel or final."""
    return unicodedata.category(character)[0] == "M" or "\u1161" <= character <= "\u11c2"


def _composed(folded: FoldedText, marks: set[str]) -> FoldedText:
    """Compose letters and marks as in the index."""
    joined = re.compile(f"(.[{''.join(sorted(marks))}]+)", re.DOTALL)
    pieces = joined.split(folded.text)  # every second piece is a letter with marks
    old = np.fromiter(map(len, pieces), np.int32)
    pieces[1::2] = [normalize("NFC", piece) for piece in pieces[1::2]]
    new = np.fromiter(map(len, pieces), np.int32)
    is_plain = np.arange(len(pieces)) % 2 == 0
    # In plain pieces each character has its own offset, in the others that of the letter.
    inside = np.arange(new.sum()) - np.repeat(new.cumsum() - new, new)
    places = np.repeat(old.cumsum() - old, new) + inside * np.repeat(is_plain, new)
    places = np.append(places, len(folded.text)).astype(np.int32)
    text = "".join(pieces)
    return FoldedText(text, places if folded.places is None else folded.places[places])


def _replaced(data: bytes, folds: Mapping[str, str]) -> str:
    """Decode UTF-8 in lower case, with the non-ASCII characters replaced.

    Works on bytes, where only ASCII is lowered: on a string it would take five times as long.
    """
    data = data.lower()
    changed = {each: to for each, to in folds.items() if each != to}
    if len(changed) > _FEW:
        text = data.decode("utf-8", "surrogatepass")
        return text.translate({ord(each): to for each, to in changed.items()})
    for each, to in changed.items():
        data = data.replace(
            each.encode("utf-8", "surrogatepass"), to.encode("utf-8", "surrogatepass")
        )
    return data.decode("utf-8", "surrogatepass")


def _beyond_ascii(data: bytes) -> set[str]:
    """The distinct non-ASCII characters of a UTF-8 text."""
    letters = np.frombuffer(data, np.uint8)
    return set(letters[letters > 127].tobytes().decode("utf-8", "surrogatepass"))

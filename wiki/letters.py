r"""Which characters count as parts of words, wherever text is split into words.

Python’s `\w` matches letters and digits but not the combining marks that belong to them: vowel
signs of India and South-East Asia, Hebrew points, accents without a precomposed letter. Splitting a
word at its marks produces other words, or none.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import Literal

_LAST = 0x20000  # beyond are ideographs, which have no marks except selectors
# Variation selectors: they choose a glyph, but don't make another letter.
_SELECTORS = frozenset(range(0xFE00, 0xFE10))
SELECTORS = r"\ufe00-\ufe0f\U000e0100-\U000e01ef"
# Between two letters they control joining, which is part of the spelling in Persian,
# Malayalam, Sinhala and more.
JOINERS = r"\u200c\u200d"


def _marks(last: int) -> Iterator[str]:
    """The ranges of combining marks up to `last`, for a character class of a regular expression.

    As literal characters, since escapes take three times as long to compile, in each process.
    """
    codes = range(0x300, last)
    marks = [n for n in codes if unicodedata.category(chr(n))[0] == "M" and n not in _SELECTORS]
    # Within a range, code points and indices grow alike.
    for _, run in groupby(enumerate(marks), lambda pair: pair[1] - pair[0]):
        row = [code for _, code in run]
        yield f"{chr(row[0])}-{chr(row[-1])}"


# For character classes: marks; and letters, digits and `_` together with marks.
MARKS = "".join(_marks(_LAST))
# Marks of modern scripts, for where all of them would take too long.
USUAL_MARKS = "".join(_marks(0x10000))
LETTERS = rf"\w{MARKS}"
LETTER = f"[{LETTERS}]"
WORD = f"{LETTER}+(?:[{JOINERS}]{LETTER}+)*"

_DRAWN = rf"[^\s{LETTERS}][{SELECTORS}\U0001f3fb-\U0001f3ff]*"  # with skin tones
# The units of a diff: a word, white space, a flag, a symbol with everything joined to it. Half
# of such a sequence would be drawn as something else. Source: UTS 51, section 1.4.9.
TOKEN = (
    rf"{WORD}(?:[{SELECTORS}]{LETTER}*)*|\s+|[\U0001f1e6-\U0001f1ff]{{2}}"
    rf"|{_DRAWN}(?:\u200d{_DRAWN})*"
)

# Characters that end a URL in a text, like a space: within URLs, browsers write them as `%…`.
SIGNS_BEHIND_ADDRESSES = (
    "\u2019\u201d\u00bb\u3001\u3002\uff0c\uff1b\uff01\uff1f\uff09\u300d\u300f\u3011\u300b"
)

# Normalization sorts consecutive marks in quadratic time. No word of any language has so many.
_LONG_TEXT = 1_000  # characters; shorter texts take a millisecond at most
_MARKS_IN_A_ROW = 30
_ROW_OF_SIGNS = re.compile(rf"[\W\uff9e\uff9f]{{{_MARKS_IN_A_ROW + 1}}}")  # quick, for most texts
_ROW_OF_MARKS = re.compile(rf"[{MARKS}\uff9e\uff9f]{{{_MARKS_IN_A_ROW}}}")
_JOINER_OF_MARKS = "\u034f"  # marks are not sorted across it


def normalize(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """`text` in a Unicode normalization form, in linear time even for malicious text.

    Long sequences of marks are interrupted, as in the Stream-Safe Text Format. Source: UAX 15, 13.
    """
    if len(text) > _LONG_TEXT and not text.isascii() and _ROW_OF_SIGNS.search(text):
        text = _ROW_OF_MARKS.sub(rf"\g<0>{_JOINER_OF_MARKS}", text)
    return unicodedata.normalize(form, text)  # noqa: TID251  # sequences of marks are bounded here


_BIDI_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def without_bidi_controls(text: str) -> str:
    """`text` without characters that override its direction or that of the following text."""
    return text.translate(_BIDI_CONTROLS)


def with_line_feeds(text: str) -> str:
    r"""`text` with `\n` for each line end; browsers send `\r\n`, and old files contain `\r`."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_letter(character: str) -> bool:
    """Whether the character is part of a word: a letter, digit, `_`, or combining mark."""
    return character.isalnum() or character == "_" or is_mark(character)


def is_mark(character: str) -> bool:
    """Whether the character is a mark that belongs to the letter before it."""
    return character > "\u02ff" and unicodedata.category(character)[0] == "M"


# Invisible characters that Unicode doesn't count as white space.
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def is_blank(text: str) -> bool:
    """Whether `text` shows nothing: only white space, controls and marks without a letter."""
    return all(c in _FILLERS or unicodedata.category(c)[0] in "CMZ" for c in text)


def natural_sort_key(text: str) -> tuple[str | int, ...]:
    """A sort key with “Chapter 2” before “Chapter 10”: alternating texts and numbers."""
    parts = re.split(r"(\d+)", text)
    return tuple(int(part) if turn % 2 else part for turn, part in enumerate(parts))


def truncate(text: str, length: int) -> str:
    """At most `length` characters of `text`; a letter is never separated from its marks."""
    end = length
    while 0 < end < len(text) and is_mark(text[end]):
        end -= 1
    return text[:end].rstrip()

r"""Merge units: the parts of a text that a merge never takes from two sides. Pure.

A unit is a run without white space: a word, a version, a date, an address. The word space of
Ethiopic and the invisible one of Khmer and Thai are white space here. Constructs that hold white
space are one unit: a code span, a formula, a wikilink, the address of a link, a tag, attributes in
braces; and so are numbers that belong together (`17 March 2024`, `+251 911 234 567`). In scripts
that are written without spaces the unit is the character, with its combining marks, a number with
its counter (`2024年3月17日`), or a word in Katakana.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from math import inf

from wiki.letters import LETTERS, SIGNS_BEHIND_ADDRESSES

BOUNDARY = ""  # between two unrelated parts of a text

# Scripts without spaces in which each character has a meaning (Unicode 16, Scripts.txt),
# and the marks that change a character's form.
_HAN = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff"
)
_CHARACTER = rf"{_HAN}\u3041-\u309f\u3100-\u312f"
_KATAKANA = "\u30a1-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_SIGN = "\u3001-\u3004\u3008-\u3020\u3030\u30a0\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
_MARK = "\u0300-\u036f\u20d0-\u20ff\u3099\u309a\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef"
_NUMERAL = "〇零一二两兩三四五六七八九十百千万萬亿億廿"
_DIGITS = r"[0-9\uff10-\uff19]+(?:[.,:\uff0e\uff1a][0-9\uff10-\uff19]+)*"

# A no-break space joins its neighbours; so does a word space between numbers.
_WORD_SPACE = "\u1361\u200b"
_BLANK = rf"(?:[^\S\n\u00a0\u202f]|(?<!\d)(?<![፩-፼])[{_WORD_SPACE}](?![\d፩-፼]))"
_SPECIAL = rf"`$<\\:\[\]{{{_HAN}{_CHARACTER}{_KATAKANA}{_SIGN}{_WORD_SPACE}"

# Constructs that may hold white space. Each is bounded, so that matching takes linear time.
_WITH_SPACES = r"""
  \\[^\w\s]                                                             # an escaped character
| (?<!`)(?P<ticks>`+)(?!`).{1,1000}?(?<!`)(?P=ticks)(?!`)                   # code
| \$\$.{1,2000}?\$\$                                                    # formulas
| \$(?![\s$])[^$]{1,500}?(?<![\s\\])\$(?!\d)
| \[\[[^\[\]\n]{1,1000}\]\]                                             # a wikilink
| \]\(\s{0,3}(?:<[^<>\n]{0,1000}>
  |[^\s()]{0,1000}(?:\([^\s()]{0,500}\)[^\s()]{0,500}){0,9})
  (?:\s{1,9}(?:"[^"]{0,500}"|'[^']{0,500}'|\([^()]{0,500}\)))?\s{0,3}\)     # the address of a link
| ://[^\s<>@@]+                                                        # an address
| <[A-Za-z/!][^<>]{0,1000}>                                             # a tag, an address
| \{[^{}\n]{1,500}\}                                                    # attributes
""".replace("@@", SIGNS_BEHIND_ADDRESSES)
_UNIT = re.compile(
    rf"""
  {_BLANK}+
| \n
| (?:{_DIGITS}[{_HAN}]|[{_NUMERAL}]+[{_HAN}]?)+(?:{_DIGITS})?         # numbers with units
| [{_KATAKANA}][{_KATAKANA}{_MARK}]*
| [{_CHARACTER}][{_MARK}]*
| [{_SIGN}]
| (?:[^\s{_SPECIAL}]+|[\u00a0\u202f]|(?!{_BLANK})[{_WORD_SPACE}]|{_WITH_SPACES}|[`$<\\:\[\]{{])+
| .
""",
    re.VERBOSE | re.DOTALL,
)
_CHARACTER_UNIT = re.compile(rf"[{_CHARACTER}]")
_OTHER = rf"[^\s{LETTERS}]"
_INITIAL = re.compile(rf"{_OTHER}*[^\W\d_]{_OTHER}+|{_OTHER}+[^\W\d_]")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
# Block markers at the start of a line, which aren't part of the text after them.
# A number isn't the marker of an item where it may be the day of a date.
_MARKER = re.compile(
    r"[ \t]*(?:>[ \t]?|\[\^[^\]\s]{1,100}\]:[ \t]+|:[ \t]+"
    r"|(?:[-*+]|[0-9]{1,9}[.)](?![ \t]+\S+[ \t]+\S*\d))[ \t]+(?:\[[ xX]\][ \t]+)?"
    r"|\#{1,6}[ \t]+)+"
)
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]")
_TABLE_ROW = re.compile(r"[ \t]*\||[^`\[]*\s\|\s")
_CELL_BORDER = re.compile(r"((?<!\\)\|)(?![^\[\]\n]{0,500}\]\])")


def merge_units(text: str) -> list[str]:
    """The units of `text` and the white space between them, in order; joined, they are `text`.

    `BOUNDARY` separates blocks, item markers from their text, and the cells of a row. Takes linear
    time.
    """
    found: list[str] = []
    for block in _blocks(text):
        marker = _MARKER.match(block)
        if marker:
            found += (marker[0], BOUNDARY)
        body = block[marker.end() if marker else 0 :].removesuffix("\n")
        if _TABLE_ROW.match(body):
            for part in _CELL_BORDER.split(body):
                found += (part, BOUNDARY) if part == "|" else _inline_units(part)
        else:
            found += _inline_units(body)
        if block.endswith("\n"):
            found += ("\n", BOUNDARY)
    return found


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs and items with all their lines; every other line is a block."""
    block = ""
    for line in _LINE.findall(text):
        is_block = not line.strip() or _TABLE_ROW.match(line) or _HEADING.match(line)
        if block and (is_block or _MARKER.match(line)):
            yield block
            block = ""
        block += line
        if is_block:
            yield block
            block = ""
    if block:
        yield block


def _inline_units(text: str) -> Iterator[str]:
    """The units of running text.

    Numbers with at most one word between them are one unit: a date, a telephone number.
    """
    parts = [found[0] for found in _UNIT.finditer(text)]
    at = 0
    while at < len(parts):
        end = at + 1
        if has_number(parts[at]):
            while (longer := _next_number(parts, end)) is not None:
                end = longer
        yield "".join(parts[at:end])
        at = end


def _next_number(parts: Sequence[str], at: int) -> int | None:
    """The end of a number that follows `parts[:at]` after at most one word; `None` if there is
    none.
    """
    for end in (at + 2, at + 4):
        if end > len(parts) or not parts[end - 2].isspace():
            return None
        if has_number(parts[end - 1]):
            return end
    return None


def has_number(unit: str) -> bool:
    """Whether the unit contains a digit of any script."""
    return any(map(str.isnumeric, unit))


def word_distance(parts: Iterable[str]) -> float:
    """The distance in words between two changes that are separated by `parts`.

    Two characters of a script without spaces count as one word. Initials and options count as zero,
    and a mathematical sign as less than a word: `J. R. Tolkien`, `ls -l home` and `a + b = c` are
    each one value. Across a boundary the distance is infinite.
    """
    total = 0.0
    for part in parts:
        if part == BOUNDARY:
            return inf
        if any(map(str.isalnum, part)):
            total += 0.5 if _CHARACTER_UNIT.match(part) else not _INITIAL.fullmatch(part)
        elif part and all(unicodedata.category(sign) == "Sm" for sign in part):
            total -= 1
    return total

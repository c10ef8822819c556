"""Splits a query into units with their offsets and fields, so that the query can be edited."""

import re
from collections.abc import Collection
from typing import NamedTuple

from wiki.search.query.pastes import is_error_message, is_output

MAX_QUERY_LENGTH = 10_000  # characters that are read; a long stack trace has 5,000
# Characters at the end of a longer text, in which filters are looked for.
MAX_FILTERS_LENGTH = 1_000
MIN_PASTE_WORDS = 40  # a text with so many words was pasted, so it has no operators
MIN_PLAIN_PASTE_WORDS = 12  # likewise, unless the text has a filter or OR
MIN_CODE_WORDS = 3  # likewise, if operators stand alone as in code

QUERY_FIELDS = ("title", "tag", "kind", "author", "status", "field", "in", "before", "after")
FILTER_FIELDS = QUERY_FIELDS[1:]  # the fields that are not about the words of a text

# No pattern scans to the end of the text from each place: a long text could keep a process busy for
# seconds. What may end a text is searched for backwards, from the end.
_UNIT = re.compile(
    r"""
    (?P<minus> -(?=["“\w.@$#]) )?
    (?: (?P<field> [A-Za-z]+ ) : (?=\S) )?
    (?: (?: " (?P<phrase> [^"]* ) " | “ (?P<curly> [^“”]* ) ” ) (?=\s|$|[.,;:!?)])
      | (?P<word> \S+ ) )
    """,
    re.VERBOSE,
)
_CODE = re.compile(r"(?<!\S)(?:[|{}();<>=]+|&&|=>|->)(?!\S)")
# A word with a colon begins a message: `FATAL: database "hub" does not exist`.
_MESSAGE = re.compile(rf"(?<!\S)(?!(?i:{'|'.join(QUERY_FIELDS)}):)[^\s\"“]*\w:(?=\s)")
# A filter that the link of a facet has added to a pasted text.
_FILTER = re.compile(rf"(?:{'|'.join(FILTER_FIELDS)}):\S+")
_OPERATOR = re.compile(rf"(?<!\S)(?:OR(?!\S)|-?(?i:{'|'.join(QUERY_FIELDS)}):\S)")


class QueryUnit(NamedTuple):
    """A word, phrase or filter, from `start` to `end` of the query's text.

    `field`: its field, or "". `value`: the text after the field, from `value_start` on; without a
    field, the unit as typed. `unknown_field`: a name before a colon that is not a field.
    """

    start: int
    end: int
    field: str
    value: str
    value_start: int
    is_excluded: bool = False
    is_phrase: bool = False
    is_pasted: bool = False
    unknown_field: str = ""

    @property
    def bare(self) -> str:
        """The value without the minus sign and quotation marks."""
        if self.field:
            return self.value
        text = self.value.removeprefix("-") if self.is_excluded else self.value
        return text[1:-1] if self.is_phrase else text

    @property
    def is_or(self) -> bool:
        """Whether it is the operator between two alternatives."""
        return self.value == "OR" and not self.field


def split_query(text: str) -> tuple[QueryUnit, ...]:
    """The units of a query's text, in order; a pasted text is one."""
    pasted = _pasted_length(text)
    units = [QueryUnit(0, pasted, "", text[:pasted], 0, is_pasted=True)] if pasted else []
    for match in _UNIT.finditer(text, pasted):
        name: str = (match["field"] or "").lower()
        content = next(group for group in ("phrase", "curly", "word") if match[group] is not None)
        is_excluded, is_phrase = bool(match["minus"]), content != "word"
        if name in QUERY_FIELDS:
            value, start = match[content], match.start(content)
            unit = QueryUnit(*match.span(), name, value, start, is_excluded, is_phrase)
        else:
            # Code is full of colons: a name that is no field belongs to its word.
            unit = QueryUnit(
                *match.span(),
                "",
                match.group(),
                match.start(),
                is_excluded,
                is_phrase and not name,
                unknown_field=name,
            )
        units.append(unit)
    return tuple(units)


def is_message(text: str) -> bool:
    """Whether the text is a message of a program, in which quotation marks enclose names."""
    return _MESSAGE.search(text) is not None


def with_filter(text: str, field: str, value: str) -> str:
    """The query with one more filter."""
    words = text.split()
    while words and words[-1] == "OR":  # or the filter would become an operand of OR
        words.pop()
    return shorten(" ".join((*words, f"{field}:{value}")))


def without_units(text: str, taken: Collection[QueryUnit]) -> str:
    """The query without some of its units, given in order."""
    kept, at = [], 0
    for unit in taken:
        kept.append(text[at : unit.start])
        at = unit.end
    return " ".join("".join((*kept, text[at:])).split())


def without_filters(text: str) -> str:
    """The query without its filters; a pasted text keeps its line ends."""
    typed = " ".join(text.split())
    units = split_query(typed)
    filters = [unit for unit in units if unit.field]
    if not filters:
        return text
    if units[0].is_pasted:
        return text.rsplit(None, len(typed[units[0].end :].split()))[0]
    return without_units(typed, filters)


def shorten(text: str) -> str:
    """Cut the query to `MAX_QUERY_LENGTH` characters: drop its last words, not its filters."""
    if len(text) <= MAX_QUERY_LENGTH:
        return text
    kept = text[_filters_start(text, len(text) - MAX_FILTERS_LENGTH) :]
    return text[: MAX_QUERY_LENGTH - len(kept)].rstrip() + kept


def _filters_start(text: str, least: int = 0) -> int:
    """The offset (at least `least`) where the filters at the end begin; without any, the length."""
    end = len(text)
    while (space := text.rfind(" ", least, end)) >= 0 and _FILTER.fullmatch(text, space + 1, end):
        end = space
    return end


def _pasted_length(text: str) -> int:
    """The length of a pasted text without the filters after it; 0 for a typed query."""
    end = _filters_start(text)
    words = text.count(" ", 0, end) + 1
    if is_output(text[:end]):
        return end
    has_operator = _OPERATOR.search(text, 0, end) is not None
    if not has_operator and is_error_message(text[:end]):
        return end
    is_code = words >= MIN_CODE_WORDS and _CODE.search(text, 0, end) is not None
    is_plain_paste = not has_operator and (is_code or words >= MIN_PLAIN_PASTE_WORDS)
    return end if words >= MIN_PASTE_WORDS or is_plain_paste else 0

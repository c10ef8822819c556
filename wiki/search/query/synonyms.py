"""Synonyms and abbreviations: the table in the package, and the additions of the wiki."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

from wiki.search.analysis.analyzer import stem
from wiki.search.analysis.folding import fold

SYNONYMS_PATH = "help/search-synonyms"  # the path of the page that adds to the table
MAX_WORDS = 5  # words in a wording
MIN_INFLECTED = 4  # letters; shorter words are abbreviations, which have no inflected forms
MAX_ENTRIES = 1_000  # lines of the page that are used
MAX_LINE = 300  # characters; a longer line is prose
_SHIPPED = Path(__file__).with_name("synonyms.txt")
_BULLETS = ("- ", "* ", "+ ")  # list markers before entries

Wording = tuple[str, ...]  # folded words


class Alternative(NamedTuple):
    """Another wording. `is_same`: it means exactly the same, not something more general."""

    words: Wording
    is_same: bool


_Lists = dict[Wording, list[Alternative]]


@dataclass(frozen=True, slots=True)
class Synonyms:
    """The alternatives of each wording.

    `inflected`: alternatives by stems, for entries that apply in one direction only. Those are
    ordinary words, so that *deleted* has the alternatives of *delete*.
    """

    alternatives: Mapping[Wording, tuple[Alternative, ...]] = field(default_factory=dict)
    inflected: Mapping[Wording, tuple[Alternative, ...]] = field(default_factory=dict)

    def __contains__(self, word: str) -> bool:
        return (word,) in self.alternatives

    def found_in(self, words: Sequence[str]) -> Iterator[tuple[int, int, tuple[Alternative, ...]]]:
        """Yield start, end and alternatives of the longest known wordings in `words`."""
        stems = [stem(word) for word in words]
        at = 0
        while at < len(words):
            for end in range(min(at + MAX_WORDS, len(words)), at, -1):
                if others := self._others(tuple(words[at:end]), tuple(stems[at:end])):
                    yield at, end, others
                    break
            else:
                end = at + 1
            at = end

    def _others(self, words: Wording, stems: Wording) -> tuple[Alternative, ...]:
        return self.alternatives.get(words) or self.inflected.get(stems) or ()

    def with_lines(self, lines: Iterable[str]) -> "Synonyms":
        """These synonyms and those in `lines`; lines that are not entries are ignored."""
        known = {wording: list(others) for wording, others in self.alternatives.items()}
        inflected = {wording: list(others) for wording, others in self.inflected.items()}

        def add(one: Wording, other: Wording, *, is_same: bool, to: _Lists = known) -> None:
            others = to.setdefault(one, [])
            if one != other and other not in [each.words for each in others]:
                others.append(Alternative(other, is_same))

        for line in lines:
            left, sign, right = _entry(line)
            if not (short := _wording(left)):
                continue
            for long in filter(None, map(_wording, right.split(","))):
                add(short, long, is_same=sign == "=")
                if sign == "=":
                    add(long, short, is_same=True)
                elif max(map(len, short)) >= MIN_INFLECTED:
                    add(tuple(map(stem, short)), long, is_same=False, to=inflected)
        return Synonyms(_frozen(known), _frozen(inflected))


def synonyms_in(page: str) -> Synonyms:
    """The table in the package, and the entries in the text of a page."""
    return shipped_synonyms().with_lines(page.splitlines()[:MAX_ENTRIES])


@cache
def shipped_synonyms() -> Synonyms:
    """The table in the package, read once per process."""
    lines = _SHIPPED.read_text(encoding="utf-8").splitlines()
    return Synonyms().with_lines(line for line in lines if not line.startswith("#"))


def _frozen(known: _Lists) -> dict[Wording, tuple[Alternative, ...]]:
    return {wording: tuple(others) for wording, others in known.items() if others}


def _entry(line: str) -> tuple[str, str, str]:
    """Both sides of an entry such as `js = JavaScript`, and the sign between them.

    The entry may be a list item or code. Empty strings if the line is not an entry.
    """
    if len(line) > MAX_LINE:
        return "", "", ""
    line = line.replace("`", "").strip()
    if line.startswith(_BULLETS):
        line = line[1:]
    sign = min((sign for sign in "=>" if sign in line), key=line.index, default="")
    left, _, right = line.partition(sign) if sign else ("", "", "")
    return ("", "", "") if any(other in left + right for other in "=>|") else (left, sign, right)


def _wording(text: str) -> Wording:
    words = tuple(fold(text).split())
    return words if len(words) <= MAX_WORDS else ()

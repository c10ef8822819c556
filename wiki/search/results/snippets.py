"""Snippets: the passage of a page that matches the query best, with its words highlighted."""

import re
import string
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import accumulate, count, islice
from operator import add, itemgetter

from markupsafe import Markup

from wiki.letters import is_mark
from wiki.markup.sentinels import CODE_CLOSE, CODE_OPEN
from wiki.search.analysis.analyzer import JOINED_PREFIX, UNSPACED, WORD_CHARACTER, tokenize
from wiki.search.analysis.folding import FoldedText, fold_with_places

SNIPPET_WIDTH = 240  # characters of a snippet: two lines, three on a phone
LEAD_WIDTH = 60  # characters before the first mark
MAX_SCANNED = 100_000  # characters of a page that are searched
# When the best lines of a page are looked for:
MAX_WORDS_SOUGHT = 8  # words of a pasted text that count, the most telling ones
MAX_STARTS = 6  # occurrences of a word around which the others are sought
START_TRIES = 8  # times as many are examined: many may be inside other words
FIRST_WORD_SHARE = 0.5  # of a word's weight, added where the passage begins with it
EPSILON = 1e-9  # sums that differ by less are equal

_LETTER = re.compile(WORD_CHARACTER)
_LETTERS = frozenset(string.ascii_letters + string.digits + "_")
_REST = re.compile(f"{WORD_CHARACTER}*")
# Words with signs between their parts, and numbers in groups. Each begins where a word does: a long
# word isn't looked through again from each of its letters.
_COMPOUND = re.compile(
    rf"(?<!{WORD_CHARACTER}){WORD_CHARACTER}+(?:[.\-'’&‐‑]{WORD_CHARACTER}+)+"
    r"|(?<![^\W_])[^\W_]+(?:_+[^\W_]+)+|(?<!\d)\d+(?:[ \u00a0\u202f]\d+)+"
)
# Stand for tags until everything is escaped at once; control characters, which no page contains.
_OPEN, _CLOSE = "\x10", "\x11"
_WITHOUT_MARKS = {ord(_OPEN): " ", ord(_CLOSE): " "}
_WITHOUT_JOINTS = dict.fromkeys(map(ord, ".-'’&‐‑ \u00a0\u202f"))
_CODE_MARK = re.compile(f"([{CODE_OPEN}{CODE_CLOSE}])")


@dataclass(frozen=True, slots=True)
class Snippet:
    """Safe HTML with `<mark>`, and the section it was cut from (id and heading, may be empty)."""

    html: Markup
    section_id: str = ""
    heading: str = ""


class Marker:
    """Finds the words of one query in texts.

    `terms`: as in the index with their weights, the highest first.
    """

    def __init__(self, terms: Mapping[str, float], prefixes: Iterable[str] = ()) -> None:
        self._terms = terms
        # In order, or processes would choose different passages on ties.
        self._beginnings = tuple(sorted(filter(None, prefixes)))
        self._known: dict[str, str | None] = {}
        # Beginnings of words to look for, with the terms such words may have.
        self._starts: dict[str, set[str]] = {each: {each} for each in self._beginnings}
        self._unspaced = {term for term in terms if UNSPACED.match(term)}
        unsigned = [term for term in terms if term.startswith(JOINED_PREFIX)]
        self._unsigned = [_shortest(term.removeprefix(JOINED_PREFIX)) for term in unsigned]
        for term in (each for each in terms if each and not each.startswith(JOINED_PREFIX)):
            start = term if term in self._unspaced else _shortest(term)
            self._starts.setdefault(start, set()).add(term)
        worths = {
            each: max(terms.get(term, 1.0) for term in of) for each, of in self._starts.items()
        }
        self._worths = sorted(worths.items(), key=itemgetter(1), reverse=True)

    def find(self, text: str) -> list[tuple[int, int]]:
        """The spans of the query's words in `text`, in order and without overlaps."""
        folded = fold_with_places(text)
        has_marks = not text.isascii()
        found: list[tuple[int, int]] = []
        for start in self._starts:
            at = folded.text.find(start)
            while at >= 0:
                end = self._end_of(text, folded, at, start)
                if end and has_marks:
                    found.append(_whole(text, folded.begin(at), folded.end(end)))
                    end = max(end, folded.at(found[-1][1]))
                elif end:
                    found.append((at, end))
                at = folded.text.find(start, end or at + len(start))
        if self._may_hold_compounds(text, folded.text):
            found += self._compounds(text)
        return _joined(found) if found else found

    def _may_hold_compounds(self, text: str, folded: str) -> bool:
        """Whether compounds are worth searching for, which takes as long as all the rest."""
        if "_" in folded and any(
            f"_{each}" in folded or f"{each}_" in folded for each in self._starts
        ):
            return True
        if not self._unsigned:
            return False
        bare = folded.translate(_WITHOUT_JOINTS)
        # Most texts hold the word in neither form.
        return any(
            each in bare and bare.count(each) > folded.count(each) for each in self._unsigned
        )

    def _compounds(self, text: str) -> Iterator[tuple[int, int]]:
        """The spans of the query's words spelled with signs between their parts: Wi-Fi."""
        for match in _COMPOUND.finditer(text):
            if not _compound_terms(match.group()).isdisjoint(self._terms):
                yield match.span()

    def _end_of(self, text: str, folded: FoldedText, at: int, start: str) -> int:
        """Where the word at `at` ends in the folded text; 0 if the query doesn't ask for it."""
        end = at + len(start)
        if start in self._unspaced:
            return end
        if at and _ends_in_letter(folded.text, at):
            return 0
        end = _REST.match(folded.text, end).end()  # type: ignore[union-attr]
        raw = text[at:end] if folded.is_in_place else text[folded.begin(at) : folded.end(end)]
        if raw not in self._known:
            self._known[raw] = self._term_of(raw, folded.text[at:end])
        return end if self._known[raw] in self._starts[start] else 0

    def _term_of(self, raw: str, folded: str) -> str | None:
        """The query's term or prefix that a word has; `None` if it only begins like one."""
        if folded in self._terms:
            return folded
        for term in _terms_of(raw):
            if term in self._terms:
                return term
        return next((start for start in self._beginnings if folded.startswith(start)), None)

    def mark(self, text: str) -> Markup:
        """`text` escaped, with the query's words marked."""
        return _marked(text, self.find(text)) if text else Markup("")

    def snippet(
        self, sections: Sequence[Sequence[str]], held: Collection[str] | None = None
    ) -> Snippet:
        """The best passage of a page, given as `(id, heading, text)` of its sections.

        `held`: the terms that the page is known to contain; looking for others takes time.
        """
        best = self._best_place(_SectionText(sections), self._wanted(held))
        if best:
            number, start = best
            section_id, heading, text = sections[number]
            return Snippet(self._cut(text, start), section_id, heading)
        first = next((section for section in sections if section[2].strip()), None)
        return Snippet(self._cut(first[2], 0)) if first else Snippet(Markup(""))

    def _wanted(self, held: Collection[str] | None) -> list[tuple[str, float]]:
        """Beginnings of words to look for in a page with their weights, the highest first."""
        if held is None:
            return self._worths[:MAX_WORDS_SOUGHT]
        # Of prefixes it isn't known whether the page contains them.
        kept = (
            each
            for each in self._worths
            if each[0] in self._beginnings or not self._starts[each[0]].isdisjoint(held)
        )
        return list(islice(kept, MAX_WORDS_SOUGHT))

    def _best_place(
        self, page: "_SectionText", wanted: Sequence[tuple[str, float]]
    ) -> tuple[int, int] | None:
        """The section of the best passage, and where the passage begins in its text.

        The different words of the passage and of its section's heading count, and the one it begins
        with half again: on a phone its end is cut off. The others are sought around each word,
        until no passage without the words before can be better.
        """
        most, best = 0.0, None
        left = sum(worth for _, worth in wanted)
        for start, worth in wanted:
            # Of passages without the words before.
            limit = left + FIRST_WORD_SHARE * worth - EPSILON
            if most >= limit:
                break
            others = [each for each in wanted if each[0] != start]
            for place in islice(self._places(page, start), MAX_STARTS):
                number, begin, spans = page.around(place)
                weight = worth if place < begin else worth * (1 + FIRST_WORD_SHARE)
                weight = self._weight_with(page, others, spans, weight, most + EPSILON)
                if weight > most + EPSILON:
                    most, best = weight, (number, max(place - begin, 0))
                    if most >= limit:
                        break
            left -= worth
        return best or self._first_compound(page)

    def _first_compound(self, page: "_SectionText") -> tuple[int, int] | None:
        """In a page without the words as typed: the first one spelled with other signs."""
        if self._may_hold_compounds(page.text, page.folded.text):
            for start, _ in self._compounds(page.text):
                number, begin, _ = page.around(start)
                return number, max(start - begin, 0)
        return None

    def _weight_with(
        self,
        page: "_SectionText",
        others: Sequence[tuple[str, float]],
        spans: Sequence[tuple[int, int]],
        weight: float,
        most: float,
    ) -> float:
        """The weight of spans of a page with the other words in them; `weight` is that without.

        Stops as soon as it can no longer exceed `most`.
        """
        weight += sum(worth for _, worth in others)
        for other, worth in others:
            if weight <= most:
                break
            for low, high in spans:
                if self._is_in(page, other, low, high):
                    break
            else:
                weight -= worth
        return weight

    def _places(self, page: "_SectionText", start: str) -> Iterator[int]:
        """Where the query's words that begin with `start` occur."""
        at = page.folded.text.find(start)
        for _ in range(MAX_STARTS * START_TRIES):
            if at < 0:
                return
            end = self._end_of(page.text, page.folded, at, start)
            if end:
                yield page.folded.begin(at)
            at = page.folded.text.find(start, end or at + len(start))

    def _is_in(self, page: "_SectionText", start: str, low: int, high: int) -> bool:
        """Whether a word of the query that begins with `start` is in a span of the folded page."""
        at = page.folded.text.find(start, low, high)
        while at >= 0:
            if self._end_of(page.text, page.folded, at, start):
                return True
            at = page.folded.text.find(start, at + len(start), high)
        return False

    def _cut(self, text: str, place: int) -> Markup:
        """The passage of `SNIPPET_WIDTH` around `place`, cut between words and marked."""
        start = max(0, place - LEAD_WIDTH)
        end = min(len(text), start + SNIPPET_WIDTH)
        start = max(0, min(start, end - SNIPPET_WIDTH)) if end == len(text) else start
        if start:
            space = text.find(" ", start, place)
            start = space + 1 if space >= 0 else start
        if end < len(text):
            space = text.rfind(" ", max(start, place), end)
            end = space if space > start + SNIPPET_WIDTH // 2 else end
        # Where there are no spaces, a letter keeps its marks.
        while start < place and is_mark(text[start]):
            start += 1
        while start + SNIPPET_WIDTH // 2 < end < len(text) and is_mark(text[end]):
            end -= 1
        before, after = "… " if start else "", " …" if end < len(text) else ""
        is_code = text.rfind(CODE_OPEN, 0, start) > text.rfind(CODE_CLOSE, 0, start)
        shown = text[start:end]
        marked = _marked(shown, self.find(shown), is_code=is_code)
        return Markup(f"{before}{marked}{after}")  # noqa: S704


class _SectionText:
    """All sections as one text, each after its heading."""

    def __init__(self, sections: Sequence[Sequence[str]]) -> None:
        pieces = [piece for _, heading, text in sections for piece in (heading, text)]
        self.text = "\n".join(pieces)[:MAX_SCANNED]
        self.folded = fold_with_places(self.text)
        # Where the piece after each begins; they are separated by line ends.
        self._nexts = list(map(add, accumulate(map(len, pieces)), count(1)))

    def around(self, place: int) -> tuple[int, int, list[tuple[int, int]]]:
        """The section of a place, where its text begins, and the spans of passage and heading.

        The spans are in the folded text; an empty heading has none.
        """
        section = bisect_right(self._nexts, place) // 2
        top = self._nexts[2 * section - 1] if section else 0
        begin = self._nexts[2 * section]
        low = max(begin, place - LEAD_WIDTH)
        spans = [(low, min(self._nexts[2 * section + 1] - 1, low + SNIPPET_WIDTH))]
        if top + 1 < begin:
            spans.append((top, begin))
        if not self.folded.is_in_place:
            spans = [(self.folded.at(low), self.folded.at(high)) for low, high in spans]
        return section, begin, spans


@lru_cache(maxsize=10_000)
def _terms_of(word: str) -> tuple[str, ...]:
    """The terms of a word; cached, since texts repeat their words."""
    return tuple(term.text for found in tokenize(word) for term in found.terms)


@lru_cache(maxsize=10_000)
def _compound_terms(compound: str) -> set[str]:
    """Terms of a compound that aren't found by the beginnings of words: joined, or its parts."""
    found = list(tokenize(compound))
    parts = {term.text for each in found for term in each.parts if "_" in compound}
    return parts.union(*(each.variants[1:] for each in found))


def _ends_in_letter(text: str, end: int) -> bool:
    last = text[end - 1]
    return last in _LETTERS or (last > "\x7f" and _LETTER.match(last) is not None)


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """A span extended to the letter its first marks belong to, and to the marks after it."""
    while start and is_mark(text[start]):
        start -= 1
    while end < len(text) and is_mark(text[end]):
        end += 1
    return start, end


def _shortest(term: str) -> str:
    """What every word of this stem begins with: `queri` is the stem of query too."""
    return term[:-1] if len(term) > 3 and term[-1] in "iey" and term.isalpha() else term


def _marked(text: str, places: Iterable[tuple[int, int]], *, is_code: bool = False) -> Markup:
    """`text` escaped, with the `places` marked.

    `is_code`: whether `text` begins inside of code.
    """
    text = text.translate(_WITHOUT_MARKS) if _OPEN in text or _CLOSE in text else text
    pieces: list[str] = []
    at = 0
    for start, end in places:
        pieces += (text[at:start], _OPEN, text[start:end], _CLOSE)
        at = end
    if pieces:
        pieces.append(text[at:])
        text = "".join(pieces)
    shown = escape(text)
    if pieces:
        shown = shown.replace(_OPEN, "<mark>").replace(_CLOSE, "</mark>")
    if is_code or CODE_OPEN in shown or CODE_CLOSE in shown:
        shown = _with_code(shown, is_code=is_code)
    return Markup(shown)  # noqa: S704


def _with_code(html: str, *, is_code: bool) -> str:
    """The sentinels around code as balanced tags."""
    pieces = ["<code>"] if is_code else []
    for piece in _CODE_MARK.split(html):
        is_open, is_close = piece == CODE_OPEN, piece == CODE_CLOSE
        if is_open and not is_code:
            pieces.append("<code>")
        elif is_close and is_code:
            pieces.append("</code>")
        elif not is_open and not is_close:
            pieces.append(piece)
            continue
        is_code = is_open
    if is_code:
        pieces.append("</code>")
    return "".join(pieces)


def _joined(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, overlapping and adjacent ones merged."""
    places.sort()
    spans: list[tuple[int, int]] = []
    for start, end in places:
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return spans

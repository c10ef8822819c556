"""What a result shows of a page: the lines that hold most of what was asked for, words marked."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from markupsafe import Markup, escape

from wiki.markup.marks import CODE_CLOSE, CODE_OPEN
from wiki.search.analysis import occurrences
from wiki.search.folding import fold_in_place

WIDTH = 240  # characters of a snippet: two lines, three on a phone
LEAD = 60  # characters before the first mark
SCANNED = 100_000  # characters of a page that are looked through
# When the best lines of a page are looked for:
TELLING = 8  # words of a pasted text that count
WEIGHED = 40  # places of all words together
WEIGHED_EACH = (4, 16)  # of each at least and at most
ALONE = 3  # of a word that is alone: it may stand in headings first
TRIED = 8  # times as many are looked at: most of what begins so may be inside of words
ALL = 10_000
FIRST = 0.5  # of a word's worth, where a stretch begins with it
ROUNDED = 1e-9  # sums that differ by less are the same

_REST = re.compile(r"\w*")
_CODE_MARK = re.compile(f"([{CODE_OPEN}{CODE_CLOSE}])")
_CJK = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)


@dataclass(frozen=True, slots=True)
class Snippet:
    """Safe HTML with `<mark>`, and the section it was cut from (id and heading, may be empty)."""

    html: Markup
    section_id: str = ""
    heading: str = ""


class Marker:
    """Finds the words of one query in texts.

    `terms` as the index has them with what each tells, the most telling first.
    """

    def __init__(self, terms: Mapping[str, float], beginnings: Iterable[str] = ()) -> None:
        self._terms = terms
        self._beginnings = tuple(filter(None, beginnings))
        self._known: dict[str, str | None] = {}
        self._unspaced = [term for term in terms if _CJK.match(term)]
        # What the words of a term begin with, and the terms.
        self._spaced: dict[str, set[str]] = {}
        for term in terms:
            if term and not _CJK.match(term):
                self._spaced.setdefault(_shortest(term), set()).add(term)
        self._starts = list(dict.fromkeys((*self._beginnings, *self._spaced)))

    def find(self, text: str, starts: Sequence[str] | None = None) -> list[tuple[int, int, str]]:
        """Where something asked for stands: start, end and which term it is.

        `starts`: only words that begin so, and of each a few places.
        """
        folded = fold_in_place(text)
        limit = ALL if starts is None else _share(len(starts))
        found: list[tuple[int, int, str]] = []
        known = self._known
        for start in self._starts if starts is None else starts:
            begin, left, tries = folded.find(start), limit, limit * TRIED
            while begin >= 0 and left and tries:
                tries -= 1
                end = begin + len(start)
                before = folded[begin - 1] if begin else " "
                if not (before.isalnum() or before == "_"):
                    end = _REST.match(folded, end).end()  # type: ignore[union-attr]
                    raw = text[begin:end]
                    if raw not in known:
                        known[raw] = self._term_of(raw, folded[begin:end])
                    if (term := known[raw]) is not None:
                        found.append((begin, end, term))
                        left -= 1
                begin = folded.find(start, end)
        for term in self._unspaced:
            found += [(begin, begin + len(term), term) for begin in _places(folded, term, limit)]
        return _apart(found)

    def _term_of(self, raw: str, folded: str) -> str | None:
        """The term that a word is, or `None` when it only begins like one."""
        return folded if folded in self._terms else self._look(raw, folded)

    def _look(self, raw: str, folded: str) -> str | None:
        for occurrence in occurrences(raw):
            for term in occurrence.chunk.terms:
                if term.text in self._terms:
                    return term.text
        return next((start for start in self._beginnings if folded.startswith(start)), None)

    def mark(self, text: str) -> Markup:
        """`text` escaped, with what was asked for marked."""
        return _marked(text, self.find(text))

    def snippet(
        self, sections: Sequence[Sequence[str]], held: Collection[str] | None = None
    ) -> Snippet:
        """The best lines of a page given as `(id, heading, text)` of its sections.

        `held`: the terms that the page is known to hold; looking for others takes time.
        """
        page = _Page(sections)
        matches = self.find(page.text, self._starts_of(held))
        best = self._best_place(page, matches, self._terms if held is None else held)
        if best:
            number, start = best
            section_id, heading, text = sections[number]
            return Snippet(self._cut(text, start), section_id, heading)
        first = next((section for section in sections if section[2].strip()), None)
        return Snippet(self._cut(first[2], 0)) if first else Snippet(Markup(""))

    def _starts_of(self, held: Collection[str] | None) -> list[str]:
        """What is looked for in a page, the most telling words first."""
        if held is None:
            return self._starts[:TELLING]
        spaced = (start for start, terms in self._spaced.items() if not terms.isdisjoint(held))
        return list(dict.fromkeys((*self._beginnings, *spaced)))[:TELLING]

    def _worth(self, terms: Iterable[str]) -> float:
        return sum(self._terms.get(term, 1.0) for term in terms)

    def _best_place(
        self, page: "_Page", matches: Sequence[tuple[int, int, str]], held: Collection[str]
    ) -> tuple[int, int] | None:
        """The section, and where in its text the stretch of WIDTH begins that tells most.

        What counts are the different terms of the stretch and of the section's heading, and once
        more by half the one it begins with: on a phone its end is cut off.
        """
        worths = self._terms
        everything = self._worth(held) - ROUNDED
        everything += FIRST * max((worths.get(term, 1.0) for term in held), default=0.0)
        most, best = 0.0, None
        at, count = 0, len(matches)
        while at < count and not most >= everything > 0:
            number = page.section_at(matches[at][0])
            begin, end = page.span(number)
            seen: dict[str, int] = {}  # how often each term stands in heading and stretch
            while at < count and matches[at][0] < begin:
                seen[matches[at][2]] = count  # so often that it is never taken out
                at += 1
            worth = self._worth(seen)
            if worth > most:
                most, best = worth, (number, 0)
            last = at
            while at < count and (place := matches[at][0]) < end:
                reach = min(place + WIDTH - LEAD, end)
                while last < count and (last == at or matches[last][1] <= reach):
                    term = matches[last][2]
                    if not (times := seen.get(term)):
                        worth += worths.get(term, 1.0)
                    seen[term] = (times or 0) + 1
                    last += 1
                term = matches[at][2]
                own = worths.get(term, 1.0)
                if worth + FIRST * own > most + ROUNDED:
                    most, best = worth + FIRST * own, (number, place - begin)
                    if most >= everything:
                        break
                seen[term] -= 1
                if not seen[term]:
                    worth -= own
                at += 1
        return best

    def _cut(self, text: str, place: int) -> Markup:
        """The stretch of WIDTH around `place`, between words, with what was asked for marked."""
        start = max(0, place - LEAD)
        end = min(len(text), start + WIDTH)
        start = max(0, min(start, end - WIDTH)) if end == len(text) else start
        if start:
            space = text.find(" ", start, place)
            start = space + 1 if space >= 0 else start
        if end < len(text):
            space = text.rfind(" ", max(start, place), end)
            end = space if space > start + WIDTH // 2 else end
        before, after = "… " if start else "", " …" if end < len(text) else ""
        is_code = text.rfind(CODE_OPEN, 0, start) > text.rfind(CODE_CLOSE, 0, start)
        shown = text[start:end]
        marked = _marked(shown, self.find(shown), is_code=is_code)
        return Markup(f"{before}{marked}{after}")  # noqa: S704


class _Page:
    """All sections as one text, which is searched once; before each stands its heading."""

    def __init__(self, sections: Sequence[Sequence[str]]) -> None:
        pieces = [piece for _, heading, text in sections for piece in (heading, text)]
        self.text = "\n".join(pieces)[:SCANNED]
        self._lengths = list(accumulate(map(len, pieces)))

    def _end(self, piece: int) -> int:
        """Where a piece ends, a line end before each but the first."""
        return self._lengths[piece] + piece

    def section_at(self, place: int) -> int:
        return bisect_left(range(len(self._lengths)), place, key=self._end) // 2

    def span(self, section: int) -> tuple[int, int]:
        """Where a section's text begins and ends."""
        return self._end(2 * section) + 1, self._end(2 * section + 1)


def _share(count: int) -> int:
    """How many places of each of `count` words are weighed; of one word the first are as good."""
    if count == 1:
        return ALONE
    least, most = WEIGHED_EACH
    return min(most, max(least, WEIGHED // max(count, 1)))


def _places(text: str, part: str, limit: int) -> list[int]:
    """Where `part` stands in `text`; quicker than any expression."""
    places: list[int] = []
    at = text.find(part)
    while at >= 0 and len(places) < limit:
        places.append(at)
        at = text.find(part, at + len(part))
    return places


def _apart(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """In order, without what overlaps; of two that begin together the longer one stays."""
    found.sort()
    kept: list[tuple[int, int, str]] = []
    begun, ended = -1, 0
    for match in found:
        if match[0] == begun:
            kept[-1] = match  # the longer one, as they are sorted
        elif match[0] >= ended:
            kept.append(match)
        else:
            continue
        begun, ended = match[0], match[1]
    return kept


def _shortest(term: str) -> str:
    """What every word of this stem begins with: `queri` is the stem of query too."""
    return term[:-1] if len(term) > 3 and term[-1] in "iey" and term.isalpha() else term


def _marked(text: str, matches: list[tuple[int, int, str]], *, is_code: bool = False) -> Markup:
    """Every piece is escaped by itself; only the tags between them are ours.

    `is_code`: whether `text` begins inside of code.
    """
    pieces: list[str] = []
    at = 0
    for start, end in _joined(matches):
        pieces += (escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>")
        at = end
    pieces.append(escape(text[at:]))
    shown = "".join(pieces)
    if is_code or CODE_OPEN in shown or CODE_CLOSE in shown:
        shown = _with_code(shown, is_code=is_code)
    return Markup(shown)  # noqa: S704


def _with_code(html: str, *, is_code: bool) -> str:
    """The marks around code as tags, of which each has its other."""
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


def _joined(matches: list[tuple[int, int, str]]) -> list[tuple[int, int]]:
    """Places without overlaps; neighbours that touch are one."""
    spans: list[tuple[int, int]] = []
    for start, end, _ in matches:
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return spans

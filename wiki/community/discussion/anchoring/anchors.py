"""Anchors of threads on a page, and where they are after the page has changed. Pure.

An anchor is searched for in the page's plain text, not in its source, so that changes of markup
don't matter: by its words, then by its words without white space, markup and case, then by its
heading. See docs/decisions/0033-where-a-comment-belongs.md.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, islice, takewhile
from typing import Literal

from wiki.letters import normalize

HEADING_LIMIT = 500  # characters kept of a heading's id or text
CONTEXT_LENGTH = 32  # characters kept from before and after a quote
# Letters of a quote and its context that have to match; fewer may occur anywhere.
TELLING_LENGTH = 24
SAME_SECTION = 12  # letters that being in the same section counts as
CANDIDATES_LIMIT = 500  # occurrences of a quote that are compared

_SPACES = re.compile(r"\s+")
# White space, Markdown's syntax characters, and invisible characters.
_IGNORED = re.compile(
    r"[\s*_^`~#>|\\\[\](){}!\x00-\x1f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+"
)
# Typographic characters by which editors and renderers replace plain ones.
_SIGNS = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})

# How an anchor was found: `words` as they are, `rewritten` with other markup or case, `heading`
# only by its heading, `earlier` not at all. `page` and `section` are anchors without a quote.
Found = Literal["page", "section", "words", "rewritten", "heading", "earlier"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place on a page as of `revision`: a section, and optionally a quote in it.

    `heading` is the heading's id, empty for the lead; `before` and `after` are the context of
    `quote`. Without a quote and a heading, the anchor is the whole page.
    """

    revision: int | None = None
    heading: str = ""
    heading_text: str = ""
    quote: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class PageSection:
    """A section of a page as plain text; `id` is empty for the lead, before the first heading."""

    id: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class AnchorLocation:
    """Where an anchor is now, and how it was found."""

    found: Found
    heading: str = ""
    heading_text: str = ""

    @property
    def is_current(self) -> bool:
        """Whether the page still has the place that the thread is about."""
        return self.found not in ("heading", "earlier")


class PageText:
    """The plain text of a page, in which anchors are located."""

    def __init__(self, sections: Iterable[PageSection]) -> None:
        self.sections = list(sections)

    @cached_property
    def _forms(self) -> "tuple[_Searchable, _Searchable]":
        """The text as it is, and folded, in the order in which they are searched."""
        texts = [f"{section.heading} {section.text}" for section in self.sections]
        return _Searchable(texts, squeezed), _Searchable(texts, folded)

    def locate(self, anchor: Anchor) -> AnchorLocation:
        """Find `anchor` on this page."""
        if not anchor.quote:
            if not anchor.heading:
                return AnchorLocation("page")
            return self._by_heading(anchor, "section") or AnchorLocation("earlier")
        for form, found in zip(self._forms, _FOUND, strict=True):
            spot = form.best(anchor, self.sections)
            if spot is not None and spot.is_certain:
                return self._place(found, spot)
        return self._by_heading(anchor, "heading") or AnchorLocation("earlier")

    def anchor_of(self, wanted: Anchor) -> Anchor | None:
        """`wanted` with its heading and context as they are on this page.

        `None` if the page doesn't have its words, or its heading.
        """
        if not wanted.quote:
            place = self.locate(wanted)
            return replace(wanted, heading_text=place.heading_text) if place.is_current else None
        wanted = replace(wanted, quote=squeezed(wanted.quote).strip())
        for form in self._forms:
            spot = form.best(wanted, self.sections)
            if spot is not None:
                section = self.sections[spot.section]
                return replace(
                    wanted,
                    heading=section.id,
                    heading_text=section.heading,
                    before=(spot.before if form.is_plain else squeezed(wanted.before))[
                        -CONTEXT_LENGTH:
                    ],
                    after=(spot.after if form.is_plain else squeezed(wanted.after))[
                        :CONTEXT_LENGTH
                    ],
                )
        return None

    def _place(self, found: Found, spot: "_Spot") -> AnchorLocation:
        section = self.sections[spot.section]
        return AnchorLocation(found, section.id, section.heading)

    def _by_heading(self, anchor: Anchor, found: Found) -> AnchorLocation | None:
        """The section with the anchor's heading, found by id, or else by text."""
        same_id = [section for section in self.sections if _is_heading(section, anchor)]
        name = folded(anchor.heading_text[:HEADING_LIMIT])
        same_name = [s for s in self.sections if name and folded(s.heading[:HEADING_LIMIT]) == name]
        for section in (*same_id, *same_name):
            return AnchorLocation(found, section.id, section.heading)
        return None


_FOUND: tuple[Found, Found] = ("words", "rewritten")


def squeezed(text: str) -> str:
    """`text` with each run of white space replaced by a space, as line breaks don't matter."""
    return _SPACES.sub(" ", text)


def folded(text: str) -> str:
    """`text` without white space, Markdown's syntax characters, case and typography."""
    return _IGNORED.sub("", normalize("NFKC", text).translate(_SIGNS).casefold())


@dataclass(frozen=True, slots=True)
class _Spot:
    """An occurrence of a quote: its section's index, its context, whether the match is certain."""

    section: int
    before: str
    after: str
    is_certain: bool


class _Searchable:
    """A page's text in one form (as it is, or folded), with the offsets of its sections."""

    def __init__(self, texts: Sequence[str], form: Callable[[str], str]) -> None:
        pieces = [form(f"{text}\n") for text in texts]
        self.is_plain = form is squeezed
        self._form = form
        self._text = "".join(pieces)
        self._starts = list(accumulate(map(len, pieces[:-1]), initial=0))

    def best(self, anchor: Anchor, sections: Sequence[PageSection]) -> _Spot | None:
        """The occurrence of the quote that matches its context best; `None` if there is none."""
        quote = self._form(anchor.quote).strip()
        if not quote:
            return None
        before, after = self._form(anchor.before), self._form(anchor.after)
        best = max(
            (
                (
                    self._around(at, len(quote), before, after),
                    self._is_in(at, anchor, sections),
                    -at,
                )
                for at in islice(_occurrences(self._text, quote), CANDIDATES_LIMIT)
            ),
            default=None,
        )
        if best is None:
            return None
        context, is_same_section, at = best[0], best[1], -best[2]
        evidence = len(quote) + context + SAME_SECTION * is_same_section
        is_unmoved = context == len(before) + len(after) and (context > 0 or is_same_section)
        return _Spot(
            self._section_at(at),
            self._text[max(0, at - CONTEXT_LENGTH) : at],
            self._text[at + len(quote) : at + len(quote) + CONTEXT_LENGTH],
            is_certain=evidence >= TELLING_LENGTH or is_unmoved,
        )

    def _section_at(self, at: int) -> int:
        return bisect_right(self._starts, at) - 1

    def _is_in(self, at: int, anchor: Anchor, sections: Sequence[PageSection]) -> bool:
        return _is_heading(sections[self._section_at(at)], anchor)

    def _around(self, at: int, length: int, before: str, after: str) -> int:
        """How many characters before and after the occurrence match the anchor's context."""
        here = self._text[max(0, at - len(before)) : at]
        there = self._text[at + length : at + length + len(after)]
        return _shared(here[::-1], before[::-1]) + _shared(there, after)


def _is_heading(section: PageSection, anchor: Anchor) -> bool:
    return section.id[:HEADING_LIMIT] == anchor.heading[:HEADING_LIMIT]


def _shared(one: str, other: str) -> int:
    """The length of the common prefix."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _occurrences(text: str, quote: str) -> Iterator[int]:
    at = text.find(quote)
    while at >= 0:
        yield at
        at = text.find(quote, at + 1)

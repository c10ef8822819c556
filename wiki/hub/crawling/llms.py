"""The contents of `/llms.txt` (https://llmstxt.org): the kinds of page, with some pages of each."""

import re
from dataclasses import dataclass

from wiki.access.permissions import Viewer
from wiki.kinds.current import all_kinds
from wiki.kinds.kind import Kind
from wiki.letters import truncate
from wiki.pages.models import Page
from wiki.pages.queries.page_lists import ListedPage, count_by_kind, pages_where

MOST_PAGES = 1_000  # in total; about 150 KB, which fits a model's context
FEWEST_OF_A_KIND = 20  # even where there are many kinds
SUMMARY_LENGTH = 200  # characters

_SPECIAL = re.compile(r"([\\`*_\[\]<>])")


@dataclass(frozen=True, slots=True)
class KindSection:
    """A kind, its number of pages, and its most recently changed pages, sorted by title."""

    kind: Kind
    count: int
    pages: list[ListedPage]

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.pages)


Outline = list[KindSection]


def outline_of_wiki(viewer: Viewer) -> Outline:
    """Every kind that has pages visible to `viewer`."""
    counts, kinds = count_by_kind(viewer), all_kinds()
    most = max(FEWEST_OF_A_KIND, MOST_PAGES // max(1, len(counts)))
    return [
        KindSection(kinds[name], counts[name], _newest(viewer, name, most))
        for name in kinds
        if name in counts
    ]


def _newest(viewer: Viewer, kind: str, limit: int) -> list[ListedPage]:
    pages = pages_where(viewer, Page.kind == kind, newest_first=True, limit=limit)
    return sorted(pages, key=lambda page: page.title.casefold())


def in_one_line(text: str, length: int = SUMMARY_LENGTH) -> str:
    """`text` as plain words in one line of Markdown, cut after `length` characters."""
    return _SPECIAL.sub(r"\\\1", truncate(" ".join(text.split()), length))

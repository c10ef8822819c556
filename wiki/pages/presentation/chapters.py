"""A page and the pages below it as chapters of one document, for printing."""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from html import escape

from flask import request
from flask_babel import gettext as _
from markupsafe import Markup

from wiki.access.permissions import Viewer
from wiki.markup.slots import HeadingEnd, HeadingStart, LinkSlot, link_filler
from wiki.markup.text.line_breaks import with_breaks
from wiki.naming import path_key
from wiki.pages.errors import PageNotFound
from wiki.pages.models import Page
from wiki.pages.page_order import SortKey, sort_key_of
from wiki.pages.presentation.personalize import slot_filler_for
from wiki.pages.presentation.rerender import with_current_rendering
from wiki.pages.presentation.slot_filler import LinkFillers
from wiki.pages.presentation.transclusion import with_prefixed_ids
from wiki.pages.queries.folders import is_below
from wiki.pages.queries.page_lists import ListedPage, pages_where
from wiki.pages.queries.page_queries import PageView, page_at
from wiki.pages.queries.withheld_links import withheld_links_in

MAX_CHAPTERS = 200
SIZE_LIMIT = 4_000_000  # characters of HTML; about 1,500 sheets of paper
MAX_HEADING_LEVEL = 6  # levels of headings in HTML


class TooManyChapters(ValueError):
    """There are more pages than one document may have or, with `is_long`, too much text."""

    def __init__(self, *, is_long: bool) -> None:
        super().__init__("too long" if is_long else "too many")
        self.is_long = is_long


@dataclass(frozen=True, slots=True)
class Chapter:
    """A page of a printed document.

    `number` counts from 1; `depth` is the number of pages above it in the document (at least 1 if
    the title is that of a folder without a page). Its anchor is `nx-` and the number, which is also
    the prefix of its ids.
    """

    number: int
    depth: int
    page: PageView
    html: Markup


def chapters_at(viewer: Viewer, path: str) -> list[Chapter]:
    """The page at `path`, with a depth of 0, and the pages below it, in the order of their paths.

    Only pages that `viewer` may read. Raises `PageNotFound` if there are none, `TooManyChapters`.
    """
    key = path_key(path)
    below = pages_where(viewer, is_below(Page.key, key), limit=MAX_CHAPTERS + 1)
    listed = pages_where(viewer, Page.key == key) + sorted(below, key=_order(below))
    if not listed:
        raise PageNotFound(path)
    if len(listed) > MAX_CHAPTERS:
        raise TooManyChapters(is_long=False)
    pages = _load(viewer, listed)
    anchors = {path_key(page.path): f"nx-{number}" for number, page in enumerate(pages, 1)}
    made = []
    for number, page in enumerate(pages, 1):
        depth = _depth(path_key(page.path), key, anchors)
        made.append(Chapter(number, depth, page, _html(page, depth, anchors)))
    return made


def _load(viewer: Viewer, listed: Iterable[ListedPage]) -> list[PageView]:
    pages, size = [], 0
    for each in listed:
        pages.append(with_current_rendering(page_at(viewer, each.path)))
        size += len(pages[-1].slotted)
        if size > SIZE_LIMIT:
            raise TooManyChapters(is_long=True)
    return pages


def _depth(key: str, root: str, keys: Container[str]) -> int:
    """The number of pages in the document above the page at `key`; `root` is the document’s key.

    Folders without a page have no heading and don’t count.
    """
    if key == root:
        return 0
    above = key.rpartition("/")[0]
    depth = 1
    while above not in (root, ""):
        depth += above in keys
        above = above.rpartition("/")[0]
    return depth


def _order(pages: Iterable[ListedPage]) -> Callable[[ListedPage], SortKey]:
    by_path = sort_key_of({page.path: page.position for page in pages})
    return lambda page: by_path(page.path)


def _html(page: PageView, depth: int, anchors: Mapping[str, str]) -> Markup:
    prefix = f"{anchors[path_key(page.path)]}-"
    filler = slot_filler_for(page.path, _links_within(anchors))
    more = {
        HeadingStart: lambda slot: f'<h{_lowered(slot.level, depth)} id="{prefix}{slot.id}">',
        HeadingEnd: lambda slot: f"</h{_lowered(slot.level, depth)}>",
    }
    apart = with_prefixed_ids(page.slotted, prefix, page.path)
    held = withheld_links_in(page)
    html = filler.fill(apart, page.found, page.id, more=more, held=held)
    return Markup(with_breaks(html))  # noqa: S704  # sanitized


def _lowered(level: int, depth: int) -> int:
    return min(level + depth, MAX_HEADING_LEVEL)


def _links_within(anchors: Mapping[str, str]) -> LinkFillers:
    """Writes links to pages of the document as links to its anchors."""

    def links(found: Mapping[str, str]) -> Callable[[LinkSlot], str]:
        outside = link_filler(found, _("Not written yet"), request.script_root)

        def link(slot: LinkSlot) -> str:
            anchor = anchors.get(path_key(found.get(slot.key, "")))
            if anchor is None:
                return outside(slot)
            section = slot.fragment.removeprefix("#")
            target = f"#{anchor}-{section}" if section else f"#{anchor}"
            return f'<a class="wikilink" href="{escape(target)}"{slot.title}'

        return link

    return links

"""What a page shows of others: pages, sections, lists by query and pictures.

A rendering only marks the slots (`wiki.markup.inlines.embeds`). Each is filled by the queries that
show the page itself, so nobody sees inside a page what they may not see by itself.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol
from urllib.parse import quote

from wiki.access import Viewer
from wiki.files.queries import FileView, find_files_by_name
from wiki.markup.blocks.tasks import without_buttons
from wiki.markup.inlines.embeds import EmbedSlot, embed_slots, picture_size
from wiki.naming import path_key
from wiki.pages.presentation.rerender import rerendered
from wiki.pages.presentation.responsive_images import Pictures, Show, Unshown
from wiki.pages.queries.page_list_query import QueryRefused, pages_by_query, parse_query
from wiki.pages.queries.page_queries import PageView, page_at
from wiki.pages.writing.file_links import asked_files, with_file_links
from wiki.web.base_url import mounted

DEPTH_LIMIT = 3  # pages within pages
COUNT_LIMIT = 30  # places that are filled on one page
SIZE_LIMIT = 500_000  # characters of other pages that one page shows

_ID = re.compile(r' id="[^"]*"')
_HERE = re.compile(r'(<a [^<>]*?href=")#')
_ANCHOR = re.compile(r'<a class="anchor"[^<>]*>#</a>')
_CONTAINER = re.compile(
    r"<(/?)(?:blockquote|dd|details|div|dl|dt|figure|li|ol|p|pre|section|table|td|th|tr|ul)\b"
)


class LinkFiller(Protocol):
    """HTML with its links as the reader sees them."""

    def __call__(self, html: str, found: Mapping[str, str]) -> str: ...


class Embeds:
    """Fills the places of one page. `show` writes them, `link` fills the links of what is shown,
    `pictures` the pictures."""

    def __init__(self, viewer: Viewer, show: Show, link: LinkFiller, pictures: Pictures) -> None:
        self.viewer = viewer
        self.pictures = pictures
        self._show = show
        self._link = link
        self._count = 0
        self._size = 0

    def fill(
        self, html: str, found: Mapping[str, str], page_id: int | None, above: tuple[int, ...] = ()
    ) -> str:
        """`html` with all its places filled.

        `found` is where the page's links lead, `above` are the ids of the pages around it.
        """
        html = with_file_links(self.viewer, mounted(html), found, page_id)
        marked = embed_slots(html)
        if not marked:
            return html
        names = {place.what for _begin, _end, place in marked if place.kind == "file"}
        files = find_files_by_name(self.viewer, names, page_id)
        pieces: list[str] = []
        done = 0
        for begin, end, place in marked:
            pieces += html[done:begin], self._filled(place, found, files, (*above, page_id or 0))
            done = end
        return "".join((*pieces, html[done:]))

    def _filled(
        self,
        place: EmbedSlot,
        found: Mapping[str, str],
        files: Mapping[str, FileView],
        above: tuple[int, ...],
    ) -> str:
        self._count += 1
        if place.kind == "file":
            return self._picture(place, files.get(place.what))
        if self._count > COUNT_LIMIT:
            return self._show("too-many", what=place.what)
        if place.kind == "pages":
            return self._list(place)
        path = found.get(path_key(place.what))
        if path is None:
            return self._show("missing", what=place.what)
        return self._page(path, place.detail, above)

    def _picture(self, place: EmbedSlot, file: FileView | None) -> str:
        width, height = picture_size(place.detail)
        alt = "" if width else place.detail
        if file is None:
            unshown = Unshown("missing", place.what, alt)
            self.pictures.unshown.append(unshown)
            return self._show("broken", picture=unshown)
        return self._show("picture", file=file, width=width, height=height, alt=alt)

    def _list(self, place: EmbedSlot) -> str:
        try:
            pages = pages_by_query(self.viewer, parse_query(place.what))
        except QueryRefused as refused:
            return self._show("no-query", refused=refused)
        return self._show("pages", pages=pages)

    def _page(self, path: str, section: str, above: tuple[int, ...]) -> str:
        page = page_at(self.viewer, path)
        if page.id in above:
            return self._show("loop", page=page, section=section)
        page = rerendered(page)
        html = section_html(page, section) if section else page.html
        if html is None:
            return self._show("no-section", page=page, section=section)
        self._size += len(html)
        if len(above) > DEPTH_LIMIT or self._size > SIZE_LIMIT:
            return self._show("too-deep", page=page, section=section)
        html = with_file_links(self.viewer, html, page.found, page.id)
        html = self.pictures.fill(html, page.id)
        inner = self._link(without_buttons(_without_ids(html, page.path)), page.found)
        return self._show(
            "page", page=page, section=section, html=self.fill(inner, page.found, page.id, above)
        )


def section_html(page: PageView, section: str) -> str | None:
    """The stored HTML of one section, its heading included, or of one block by its `^id`.

    `None` when there is none by itself.
    """
    if section.startswith("^"):
        return _block_html(page.html, section)
    for position, (level, id_, _text) in enumerate(page.outline):
        if id_ == section:
            begin = page.html.find(f'<h{level} id="{id_}">')
            following = (h for h in page.outline[position + 1 :] if h[0] <= level)
            after = next(following, None)
            end = page.html.find(f'<h{after[0]} id="{after[1]}">') if after else len(page.html)
            html = page.html[begin:end]
            return html if begin >= 0 and _is_whole(html) else None
    return None


def _block_html(html: str, block: str) -> str | None:
    found = re.search(rf'<(p|li|div) [^<>]*?\bid="{re.escape(block)}"[^<>]*>', html)
    if found is None:
        return None
    depth = 0
    for tag in re.finditer(rf"<(/?){found[1]}\b", html[found.start() :]):
        depth += -1 if tag[1] else 1
        if not depth:
            end = html.index(">", found.start() + tag.end()) + 1
            inner = html[found.start() : end]
            return f"<ul>{inner}</ul>" if found[1] == "li" else inner
    return None


def _is_whole(html: str) -> bool:
    """Whether a piece of HTML closes what it opens: a heading in a list has no section."""
    depth = 0
    for found in _CONTAINER.finditer(html):
        depth += -1 if found[1] else 1
        if depth < 0:
            return False
    return depth == 0


def _without_ids(html: str, path: str) -> str:
    """A text as part of another page: ids are that page's, links to them lead to their own page."""
    html = _ANCHOR.sub("", html)
    return _ID.sub("", _HERE.sub(rf"\g<1>/wiki/{quote(path)}#", html))


def with_embeds(embeds: Embeds, page: PageView) -> PageView:
    """`page` with its places filled; `shown` tells when what it shows of others changes."""
    html = embeds.pictures.fill(embeds.fill(page.html, page.found, page.id), page.id)
    if html is page.html and not asked_files(html, page.found):
        return page
    return replace(page, html=html, shown=hashlib.sha256(html.encode()).hexdigest())

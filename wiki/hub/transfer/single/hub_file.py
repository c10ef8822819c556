"""Writes the single-file hub piece by piece, with the pages that one reader may read."""

import contextvars
import hashlib
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, get_template_attribute, render_template
from markupsafe import Markup

from wiki.access.permissions import Viewer
from wiki.config import PAGE_TEXT_LIMIT
from wiki.database import db, utcnow
from wiki.hub.transfer.single import assets
from wiki.hub.transfer.single.addresses import rewrite_for_file
from wiki.hub.transfer.single.change_limits import MAX_BYTES, MAX_PAGES
from wiki.hub.transfer.single.hub_id import hub_key
from wiki.hub.transfer.single.packing import BLOCK_SIZE, packed_block, plain_block
from wiki.hub.transfer.single.pictures import PictureCounts, Pictures
from wiki.hub.transfer.single.word_index import WordIndex
from wiki.hub.transfer.site.search_index import SUMMARY_LENGTH, words_of_html
from wiki.identity.current import current_identity
from wiki.letters import truncate
from wiki.markup.text.direction import direction_of
from wiki.pages.errors import PageNotFound, RevisionErased, RevisionNotFound
from wiki.pages.presentation.personalize import rendering_for_export
from wiki.pages.presentation.rerender import with_current_rendering
from wiki.pages.queries.page_lists import ListedPage
from wiki.pages.queries.page_queries import PageView, page_at
from wiki.pages.queries.withheld_links import withheld_links_in
from wiki.pages.writing.revision_store import load_content
from wiki.timezones import day

FORMAT_VERSION = 1
_DATA = "<!--data-->"


@dataclass(slots=True)
class Written:
    """The number of pages and pictures in the file."""

    pages: int = 0
    pictures: PictureCounts = field(default_factory=PictureCounts)


@dataclass(frozen=True, slots=True)
class HubOrigin:
    """The origin of a file: the hub’s URL, if known, and the mark by which the hub recognizes its
    own files.
    """

    address: str
    mark: str


class HubFile:
    """A file for `viewer` with those of `pages` that they may still read."""

    def __init__(self, viewer: Viewer, pages: list[ListedPage], origin: HubOrigin) -> None:
        self.written = Written()
        self._viewer = viewer
        self._pages = pages
        self._origin = origin
        # It may be written after the request has ended.
        self._app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        self._index = WordIndex()
        self._rows: list[list[Any]] = []
        self._uses: Counter[int] = Counter()

    def pieces(self, progress: Callable[[int], None] = lambda _done: None) -> Iterator[str]:
        """The file in pieces, without pages that are hidden or deleted before their turn."""
        pieces, own = self._pieces(progress), contextvars.Context()
        # In its own context: the caller may be in another one for each piece.
        try:
            while (piece := own.run(next, pieces, None)) is not None:
                yield piece
        finally:
            own.run(pieces.close)

    def _pieces(self, progress: Callable[[int], None]) -> Generator[str]:
        # Templates build URLs, which needs a request; this one has no path prefix.
        with self._app.test_request_context("/"):
            begin, end = self._frame()
            yield begin
            yield from self._blocks(progress)
            yield packed_block("pages", self._rows)
            yield packed_block("words", self._index.lines())
            pictures = Pictures(self._viewer, self._uses)
            yield from pictures.elements()
            self.written = Written(len(self._rows), pictures.counts)
            yield plain_block("nx-facts", self._facts())
            yield end

    def _frame(self) -> tuple[str, str]:
        style, script = assets.style(current_identity().accent), assets.script()
        html = render_template(
            "hub/single/file.html",
            policy=assets.policy(style, script),
            # Static files of Nexus, without user content.
            style=Markup(f"<style>{style}</style>"),  # noqa: S704
            script=Markup(f"<script>{script}</script>"),  # noqa: S704
            data=Markup(_DATA),  # noqa: S704
            address=self._origin.address,
            made=utcnow(),
        )
        begin, _, end = html.partition(_DATA)
        return begin, end

    def _facts(self) -> dict[str, Any]:
        counts = self.written.pictures
        return {
            "version": FORMAT_VERSION,
            "name": current_identity().name,
            "address": self._origin.address,
            "mark": self._origin.mark,
            "hubKey": hub_key(),
            "maxPages": MAX_PAGES,
            "maxBytes": MAX_BYTES,
            "maxText": PAGE_TEXT_LIMIT,
            "exportedAt": utcnow().isoformat(timespec="seconds"),
            "pages": self.written.pages,
            "pictures": counts.shown,
            "leftOut": counts.left_out,
        }

    def _blocks(self, progress: Callable[[int], None]) -> Iterator[str]:
        block: list[dict[str, Any]] = []
        number = size = 0
        for done, listed in enumerate(self._pages, 1):
            progress(done)
            page = self._page(listed, number, len(block))
            if page is None:
                continue
            block.append(page)
            size += len(page["text"]) + len(page["html"])
            if size >= BLOCK_SIZE:
                yield packed_block(f"pages-{number}", block)
                block, number, size = [], number + 1, 0
        if block:
            yield packed_block(f"pages-{number}", block)

    def _page(self, listed: ListedPage, block: int, place: int) -> dict[str, Any] | None:
        """The data of a page; `None` if it no longer exists."""
        try:
            page = page_at(self._viewer, listed.path)
            if page.id != listed.id:
                return None  # renamed in the meantime
            page = with_current_rendering(page)
            content = load_content(db.session(), page.id, page.revision_number)
        except (PageNotFound, RevisionNotFound, RevisionErased):
            return None
        rendering = rendering_for_export(page, self._viewer)
        html, shown = rewrite_for_file(_card(page) + rendering, page.path, self._origin.address)
        self._uses.update(set(shown))
        words = words_of_html(html)
        summary = truncate(page.summary or words, SUMMARY_LENGTH)
        tags = [name for name, _ in page.tags]
        self._rows.append([page.id, page.path, page.title, summary, block, place, tags])
        headings = " ".join(text for _, _, text in page.outline)
        self._index.add(f"{page.title} {' '.join(tags)}", headings, words)
        return {
            "number": page.revision_number,
            "hash": hashlib.sha256(content.text.encode()).hexdigest(),
            "tags": list(content.tags),
            "kind": str(page.kind_label) if page.kind != "page" else "",
            "dir": direction_of(f"{page.title} {html}"),
            "changed": day(page.updated_at).striptags(),
            "text": content.text,
            "html": html,
        }


def _card(page: PageView) -> Markup:
    """The fields of the page’s kind, as the page shows them; empty if it has none."""
    if not page.card:
        return Markup()
    card = get_template_attribute("macros/kinds.html", "kind_card")
    made: Markup = card(page.card, page.kind_label, withheld_links_in(page))
    return made

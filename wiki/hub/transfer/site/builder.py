"""Renders a static site: the pages that an audience may read, lists of them, and a search."""

import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from flask import current_app, render_template

from wiki.access.permissions import Viewer
from wiki.config import resource_folder
from wiki.database import utcnow
from wiki.hub.transfer.file_transfer import ListedFile, WriteFile, write_file
from wiki.hub.transfer.site.addresses import ALL_PAGES, FRONT, SEARCH, TAGS, SiteAddresses
from wiki.hub.transfer.site.search_index import SearchIndex, words_of_html
from wiki.identity.accent import stylesheet as accent_stylesheet
from wiki.identity.current import current_identity
from wiki.markup.text.direction import direction_of
from wiki.naming import path_key, title_of_path
from wiki.pages.errors import PageNotFound
from wiki.pages.page_order import sort_key_of
from wiki.pages.presentation.personalize import rendering_for_export
from wiki.pages.presentation.rerender import with_current_rendering
from wiki.pages.queries.page_lists import ListedPage, all_tags, pages_by_tag, pages_where
from wiki.pages.queries.page_queries import page_at
from wiki.pages.reading.breadcrumbs import breadcrumbs
from wiki.web.assets import stylesheet

STYLESHEETS = ("nexus.css", "text.css", "highlight.css")
SCRIPT = "site/search.js"


@dataclass(slots=True)
class SiteEntry:
    """A page, or a folder without a page, and its direct children in order."""

    path: str
    page: ListedPage | None = None
    below: list["SiteEntry"] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.page.title if self.page else title_of_path(self.path)


class SiteBuilder:
    """Writes one site for `viewer`, with the `files` that they may see."""

    def __init__(self, viewer: Viewer, files: list[ListedFile], write: WriteFile) -> None:
        self._viewer = viewer
        self._write = write
        self._files = files
        self._pages = pages_where(viewer)
        self._places = _tree(self._pages)
        self._tags = all_tags(viewer)
        self._addresses = SiteAddresses(
            (place.path for place in self._places.values()),
            (tag.key for tag in self._tags),
            {file.id: file.path for file in files},
        )
        self._index = SearchIndex()

    def build(self, progress: Callable[[int], None]) -> tuple[int, int]:
        """Write everything; returns the number of pages and of files.

        Raises `ContentMissing`, `StoreUnavailable`.
        """
        done = 0
        # Templates and slots build URLs, which needs a request.
        with current_app.test_request_context("/"):
            for place in self._places.values():
                done += self._place(place)
                progress(done)
            self._lists()
        for name in STYLESHEETS:
            self._text(f"static/css/{name}", stylesheet(f"css/{name}"))
        if accent := current_identity().accent:
            self._text("static/css/accent.css", accent_stylesheet(accent))
        self._text(f"static/{SCRIPT}", (resource_folder("static") / SCRIPT).read_text())
        self._text("static/site/index.js", self._index.script())
        files = sum(write_file(self._viewer, file, self._write) for file in self._files)
        return done, files

    def _place(self, place: SiteEntry) -> int:
        name = self._addresses.place(place.path)
        if place.page is None:
            self._page(name, "list", place=place, breadcrumbs=breadcrumbs(place.path))
            return 0
        try:
            page = with_current_rendering(page_at(self._viewer, place.path))
        except PageNotFound:  # deleted or hidden in the meantime
            return 0
        if page.id != place.page.id:  # it was renamed, and another page took its path
            return 0
        html = rendering_for_export(page, self._viewer)
        self._index.add(name, page.title, words_of_html(html), page.summary)
        direction = direction_of(f"{page.title} {html}")
        crumbs = breadcrumbs(page.path)
        self._page(
            name, "page", page=page, place=place, html=html, direction=direction, breadcrumbs=crumbs
        )
        return 1

    def _lists(self) -> None:
        top = [place for place in self._places.values() if "/" not in place.path]
        self._page(FRONT, "front", places=top, count=len(self._pages))
        self._page(ALL_PAGES, "all_pages", pages=self._pages)
        self._page(TAGS, "tags", tags=self._tags)
        for tag in self._tags:
            pages = pages_by_tag(self._viewer, tag.key, limit=tag.count)
            self._page(self._addresses.tag(tag.key), "tag", tag=tag, pages=pages)
        self._page(SEARCH, "search")

    def _page(self, name: str, template: str, **shown: object) -> None:
        html = render_template(f"hub/site/{template}.html", **shown)
        self._text(name, self._addresses.relative(html, name))

    def _text(self, name: str, text: str) -> None:
        self._write(name, io.BytesIO(text.encode()), utcnow())


def _tree(pages: list[ListedPage]) -> dict[str, SiteEntry]:
    """Every page, and every folder above one, by key and in list order."""
    found: dict[str, SiteEntry] = {
        path_key(page.path): SiteEntry(page.path, page) for page in pages
    }
    for page in pages:
        for path in _above(page.path):
            found.setdefault(path_key(path), SiteEntry(path))
    below: dict[str, list[SiteEntry]] = defaultdict(list)
    by_path = sort_key_of({page.path: page.position for page in pages})
    ordered = sorted(found, key=by_path)
    for key in ordered:
        below[key.rpartition("/")[0]].append(found[key])
    for key, place in found.items():
        place.below = below.get(key, [])
    return {key: found[key] for key in ordered}


def _above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path

"""Fills the slots of a page for one reader: links, files, images and embedded content.

Each slot is filled by the same queries that show the thing itself, so an embedded page never shows
more than its own page would.
"""

from collections.abc import Callable, Collection, Mapping
from html import escape

from flask import request
from flask_babel import gettext as _

from wiki.access.permissions import Viewer
from wiki.files.queries import FileView, files_by_id, find_files_by_name
from wiki.files.urls import file_url
from wiki.markup.inlines.embeds import picture_size
from wiki.markup.slots import (
    BareLink,
    EmbedSlot,
    FileImage,
    Fillers,
    HeadingStart,
    LinkSlot,
    PictureSlot,
    file_names,
    join,
    split,
)
from wiki.naming import path_key
from wiki.pages.presentation.rerender import with_current_rendering
from wiki.pages.presentation.responsive_images import ImageFiller, RenderFragment, UnavailableImage
from wiki.pages.presentation.transclusion import stored_section, without_ids
from wiki.pages.presentation.withheld_links import withhold_links
from wiki.pages.queries.page_list_query import PageQueryRefused, pages_by_query, parse_query
from wiki.pages.queries.page_queries import page_at
from wiki.pages.queries.withheld_links import withheld_links_in
from wiki.web.base_url import prefix_urls

EMBED_DEPTH_LIMIT = 3  # pages within pages
EMBEDS_LIMIT = 30  # on one page
EMBEDDED_SIZE_LIMIT = 500_000  # characters of other pages that one page shows

LinkFillers = Callable[[Mapping[str, str]], Callable[[LinkSlot], str]]


class SlotFiller:
    """Fills the slots of one page.

    `show` renders embedded content; `links` gets the link paths and returns what writes the links.
    Afterwards, `shows_others` says whether the result depends on files and other pages, apart from
    link paths.
    """

    def __init__(
        self, viewer: Viewer, show: RenderFragment, links: LinkFillers, pictures: ImageFiller
    ) -> None:
        self.pictures = pictures
        self.shows_others = False
        self._viewer = viewer
        self._show = show
        self._links = links
        self._count = 0
        self._size = 0

    def fill(
        self,
        slotted: str,
        found: Mapping[str, str],
        page_id: int | None,
        *,
        more: Fillers | None = None,
        above: tuple[int, ...] = (),
        held: Collection[str] = (),
    ) -> str:
        """`slotted` HTML with its slots filled; `more` fills kinds that are otherwise left as they
        are.

        `found` maps link targets to paths, `above` contains the ids of the embedding pages, `held`
        the hashes of withheld links to other sites.
        """
        parts = self.pictures.with_own_files(split(slotted))
        names = file_names(parts, found)
        by_name = find_files_by_name(self._viewer, names, page_id) if names else {}
        ids = {part.file_id for part in parts if isinstance(part, FileImage)}
        by_id = files_by_id(self._viewer, ids) if ids else {}
        if names or any(isinstance(part, (EmbedSlot, PictureSlot, FileImage)) for part in parts):
            self.shows_others = True
        page_link = self._links(found)

        def link(slot: LinkSlot) -> str:
            file = None if slot.key in found else by_name.get(slot.file_name)
            return page_link(slot) if file is None else _file_link(slot, file)

        fillers: Fillers = {
            LinkSlot: link,
            BareLink: lambda slot: slot.marked,
            EmbedSlot: lambda slot: self._embed(slot, found, by_name, (*above, page_id or 0)),
            PictureSlot: lambda slot: self.pictures.picture(slot, by_name.get(slot.file_name)),
            FileImage: lambda slot: self.pictures.file_image(slot, by_id.get(slot.file_id)),
            **(more or {}),
        }
        if root := request.script_root:
            parts = [prefix_urls(part, root) if isinstance(part, str) else part for part in parts]
        html = join(parts, fillers)
        return withhold_links(html, held, note=_("link not reviewed yet")) if held else html

    def _embed(
        self,
        slot: EmbedSlot,
        found: Mapping[str, str],
        files: Mapping[str, FileView],
        above: tuple[int, ...],
    ) -> str:
        self._count += 1
        if slot.kind == "file":
            return self._file(slot, files.get(slot.what))
        if self._count > EMBEDS_LIMIT:
            return self._show("too-many", what=slot.what)
        if slot.kind == "pages":
            return self._list(slot)
        path = found.get(path_key(slot.what))
        if path is None:
            return self._show("missing", what=slot.what)
        return self._page(path, slot.detail, above)

    def _file(self, slot: EmbedSlot, file: FileView | None) -> str:
        width, height = picture_size(slot.detail)
        alt = "" if width else slot.detail
        if file is None:
            unshown = UnavailableImage("missing", slot.what, alt)
            self.pictures.unshown.append(unshown)
            return self._show("broken", picture=unshown)
        size = {"width": width, "height": height}
        return self._show("picture", file=file, alt=alt, is_linked=slot.is_linked, **size)

    def _list(self, slot: EmbedSlot) -> str:
        try:
            pages = pages_by_query(self._viewer, parse_query(slot.what))
        except PageQueryRefused as refused:
            return self._show("no-query", refused=refused)
        return self._show("pages", pages=pages)

    def _page(self, path: str, section: str, above: tuple[int, ...]) -> str:
        page = page_at(self._viewer, path)
        if page.id in above:
            return self._show("loop", page=page, section=section)
        page = with_current_rendering(page)
        slotted = stored_section(page, section) if section else page.slotted
        if slotted is None:
            return self._show("no-section", page=page, section=section)
        self._size += len(slotted)
        if len(above) > EMBED_DEPTH_LIMIT or self._size > EMBEDDED_SIZE_LIMIT:
            return self._show("too-deep", page=page, section=section)
        slotted = without_ids(slotted, page.path)
        heading: Fillers = {HeadingStart: lambda slot: f"<h{slot.level}>"}
        held = withheld_links_in(page)
        html = self.fill(slotted, page.found, page.id, more=heading, above=above, held=held)
        return self._show("page", page=page, section=section, html=html)


def _file_link(slot: LinkSlot, file: FileView) -> str:
    """A link to a file, for `[[plan.pdf]]` if no page has that name."""
    return f'<a href="{escape(file_url(file) + slot.fragment)}"{slot.title}'

"""Stored and fresh renderings as this reader sees them: links coloured, places filled."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from flask import render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from wiki.access import can_edit, current_viewer
from wiki.app_state import current_settings
from wiki.markup import Rendered, fill_links, render
from wiki.markup.sanitizer.link_slots import with_bare_links
from wiki.markup.text.direction import Direction, with_directions
from wiki.markup.text.line_breaks import with_breaks
from wiki.pages.presentation.responsive_images import Pictures, abbreviated
from wiki.pages.presentation.transclusion import Embeds, with_embeds
from wiki.pages.queries.glossaries import GLOSSARIES, state_now
from wiki.pages.queries.page_queries import PageView, resolve


def with_slots_filled(rendered: Rendered, page_id: int | None = None, path: str = "") -> Markup:
    """The HTML of a rendering that isn't stored; it is of the page `page_id` at `path`."""
    return _filled(rendered, _embeds(path), page_id, path)


def previewed(rendered: Rendered, page_id: int | None, path: str) -> Markup:
    """The same while the text is being written, with a word on pictures that can't be shown."""
    embeds = _embeds()
    html = _filled(rendered, embeds, page_id, path)
    unshown = list(dict.fromkeys(embeds.pictures.unshown))
    return Markup(_show("unshown", pictures=unshown) if unshown else "") + html  # noqa: S704


def _filled(rendered: Rendered, embeds: Embeds, page_id: int | None, path: str) -> Markup:
    viewer = current_viewer()
    found = resolve(viewer, [link.target for link in rendered.links])
    html = embeds.pictures.fill(embeds.fill(rendered.html, found, page_id), page_id)
    return with_links(_explained(html, state_now(viewer), path), found)


def rendered_text(text: str) -> Markup:
    """The HTML of a text that belongs to no page, such as the welcome of the front page."""
    return with_slots_filled(_rendered(text))


@lru_cache(maxsize=4)
def _rendered(text: str) -> Rendered:
    return render(text, path="")


def with_slots_filled_in(page: PageView) -> PageView:
    """`page` with what it shows of other pages, and the terms explained that others define."""
    page = with_embeds(_embeds(page.path), page)
    return replace(page, html=_explained(page.html, page.glossaries, page.path))


def with_links(html: str, found: Mapping[str, str]) -> Markup:
    """HTML with its links as this reader sees them."""
    # The one place where HTML made of a page's text enters a template: it is sanitised.
    html = with_bare_links(_link(html, found, request.script_root))
    return Markup(with_breaks(html))  # noqa: S704


def in_direction(html: Markup, direction: Direction) -> Markup:
    """HTML for a page that runs in `direction`: blocks that run the other way are marked."""
    return Markup(with_directions(html, direction))  # noqa: S704


def _link(html: str, found: Mapping[str, str], root: str = "") -> str:
    return fill_links(html, found, _("Not written yet"), root)


def _explained(html: str, state: str | None, path: str) -> str:
    return GLOSSARIES.current().at(state).explain(html, path, request.script_root)


def _embeds(path: str = "") -> Embeds:
    """For the page at `path`, if it has one already."""
    viewer, settings = current_viewer(), current_settings()
    keep_url = url_for("pages.pictures_from_elsewhere", path=path) if path else ""
    pictures = Pictures(
        viewer,
        _show,
        settings.picture_hosts,
        own_address=settings.base_url,
        keep_url=keep_url if can_edit(viewer) else "",
    )
    return Embeds(viewer, _show, _link, pictures)


def _show(kind: str, **what: object) -> str:
    if isinstance(what.get("html"), str):
        what["html"] = Markup(what["html"])  # noqa: S704  # a rendering: sanitised
    return render_template(
        "pages/reading/embedded.html", kind=kind, abbreviated=abbreviated, **what
    ).strip()

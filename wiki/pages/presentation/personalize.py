"""Renderings for their reader: fills the slots and explains terms."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import quote, unquote

from flask import render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from wiki.access.permissions import Viewer, can_edit, can_write_at, current_viewer
from wiki.app_state import current_settings
from wiki.markup import Rendered, render
from wiki.markup.blocks.tasks import task_names
from wiki.markup.slots import (
    Fillers,
    HeadingEnd,
    HeadingStart,
    LinkSlot,
    TaskBox,
    link_filler,
    linked_names,
)
from wiki.markup.text.direction import Direction, with_directions
from wiki.markup.text.line_breaks import with_breaks
from wiki.outbound.host_patterns import HostPatterns
from wiki.pages.presentation.responsive_images import ImageFiller, shortened_address
from wiki.pages.presentation.slot_filler import LinkFillers, SlotFiller
from wiki.pages.presentation.transclusion import with_prefixed_ids
from wiki.pages.queries.glossaries import current_glossary_state, glossary_in
from wiki.pages.queries.page_extras import heading_notes
from wiki.pages.queries.page_queries import PageView, resolve_targets
from wiki.pages.queries.withheld_links import withheld_links_in, withheld_links_of
from wiki.pages.sections import edit_linker, line_marker
from wiki.pages.writing.withheld_links import ALL


def personalized_page(page: PageView, *, is_plain: bool = False) -> tuple[PageView, Markup]:
    """`page`, with a hash of the content of other pages in it, and its HTML for this reader.

    Unless `is_plain`, people who may edit the page get links for editing sections, and buttons for
    tasks.
    """
    filler = _slot_filler(page.path)
    more: dict[type[Any], Callable[[Any], str]] = {}
    end: Callable[[HeadingEnd], str] = _heading_end
    if not is_plain and can_edit(current_viewer(), page):
        edit = url_for("pages.edit", path=page.path)
        end = edit_linker(lambda id_: f"{edit}?section={quote(id_)}", _("Edit"))
        more[TaskBox] = _task_buttons("nx-tasks", task_names(page.slotted))
    if notes := {escape(id_): note for id_, note in heading_notes(page).items()}:
        more[HeadingEnd] = lambda slot: notes.get(slot.id, "") + end(slot)
    elif end is not _heading_end:
        more[HeadingEnd] = end
    held = withheld_links_in(page)
    html = filler.fill(page.slotted, page.found, page.id, more=more, held=held)
    shown = hashlib.sha256(html.encode()).hexdigest() if filler.shows_others else ""
    return replace(page, shown=shown), _finalized(html, page.glossaries, page.path)


def rendering_for_export(page: PageView, viewer: Viewer) -> Markup:
    """The HTML of `page` in an export for `viewer`; images from other sites become links."""
    pictures = ImageFiller(
        _render_fragment, HostPatterns(), own_address=current_settings().base_url
    )
    filler = SlotFiller(viewer, _render_fragment, _links, pictures)
    html = filler.fill(page.slotted, page.found, page.id, held=withheld_links_in(page))
    return _finalized(html, page.glossaries, page.path)


def personalized_rendering(
    rendered: Rendered,
    page_id: int | None = None,
    path: str = "",
    *,
    holds_links: bool = False,
) -> Markup:
    """The HTML of a rendering that isn’t stored, of the page `page_id` at `path`.

    With `holds_links`, all links to other sites are withheld, not only those withheld for the page.
    """
    held = (ALL,) if holds_links else withheld_links_of(page_id)
    return _filled(rendered, _slot_filler(path), page_id, path, held=held)


def personalized_preview(
    rendered: Rendered, page_id: int | None, path: str, *, marks_lines: bool = False
) -> Markup:
    """Like `personalized_rendering`, for a text in an editor: says which pictures can’t be shown.

    With `marks_lines`, headings carry the line of the source in which they begin.
    """
    filler = _slot_filler()
    more: Fillers = {HeadingStart: line_marker(rendered.outline)} if marks_lines else {}
    html = _filled(rendered, filler, page_id, path, more)
    unshown = list(dict.fromkeys(filler.pictures.unshown))
    return Markup(_render_fragment("unshown", pictures=unshown) if unshown else "") + html  # noqa: S704


def _filled(
    rendered: Rendered,
    filler: SlotFiller,
    page_id: int | None,
    path: str,
    more: Fillers | None = None,
    *,
    held: Collection[str] = (),
) -> Markup:
    viewer = current_viewer()
    found = resolve_targets(viewer, [link.target for link in rendered.links])
    html = filler.fill(rendered.slotted, found, page_id, more=more, held=held)
    return _finalized(html, current_glossary_state(viewer), path)


def personalized_text(text: str) -> Markup:
    """The HTML of a text that belongs to no page, such as the welcome text of the front page."""
    return personalized_rendering(_rendered(text))


def personalized_fragments(
    fragments: Mapping[str, str],
    page_id: int | None = None,
    path: str = "",
    *,
    held: Collection[str] = (),
) -> dict[str, Markup]:
    """The HTML of short texts that are shown together on one page, such as comments.

    `fragments` maps a prefix, which keeps ids distinct, to HTML with slots. `page_id` and `path`
    are those of the page with the files and sections that they refer to. Headings are lowered by
    two levels. Fragments with a prefix in `held`, which `newcomers_among` decides, have no links to
    other sites.
    """
    filler, viewer = _slot_filler(path), current_viewer()
    links = {unquote(slot) for slotted in fragments.values() for slot in linked_names(slotted)}
    found = resolve_targets(viewer, sorted(links))
    finished = {}
    for prefix, slotted in fragments.items():
        apart = with_prefixed_ids(slotted, prefix, path)
        held_links = (ALL,) if prefix in held else ()
        html = filler.fill(apart, found, page_id, more=_lowered(prefix), held=held_links)
        finished[prefix] = Markup(with_breaks(html))  # noqa: S704  # sanitized
    return finished


def _lowered(prefix: str) -> Fillers:
    return {
        HeadingStart: lambda slot: f'<h{min(slot.level + 2, 6)} id="{prefix}{slot.id}">',
        HeadingEnd: lambda slot: f"</h{min(slot.level + 2, 6)}>",
    }


@lru_cache(maxsize=4)
def _rendered(text: str) -> Rendered:
    return render(text, path="")


def with_block_directions(html: Markup, direction: Direction) -> Markup:
    """HTML of a page with this text direction; blocks of the other one are marked."""
    return Markup(with_directions(html, direction))  # noqa: S704


def _finalized(html: str, glossaries: str | None, path: str) -> Markup:
    """HTML with filled slots, with terms explained and line breaks allowed in long names."""
    html = glossary_in(glossaries).explain(html, path, request.script_root)
    # The only place where HTML from a page's text enters a template: it is sanitized.
    return Markup(with_breaks(html))  # noqa: S704


def _heading_end(slot: HeadingEnd) -> str:
    return slot.html


def _task_buttons(form: str, names: Iterable[str]) -> Callable[[TaskBox], str]:
    """Writes check boxes as buttons of the form with id `form`, numbered from 0, with `names`."""
    tasks = enumerate(names)

    def button(box: TaskBox) -> str:
        task, name = next(tasks)
        return (
            f'<button class="task-box" id="nx-task-{task}" form="{form}" name="task" value="{task}"'
            f' role="checkbox" aria-checked="{"true" if box.is_done else "false"}"'
            f' aria-label="{escape(name) or box.label}"></button>'
        )

    return button


def _links(found: Mapping[str, str]) -> Callable[[LinkSlot], str]:
    return link_filler(found, _("Not written yet"), request.script_root)


def slot_filler_for(path: str, links: LinkFillers) -> SlotFiller:
    """A filler for the slots of the page at `path`; `links` writes its links."""
    return _slot_filler(path, links)


def _slot_filler(path: str = "", links: LinkFillers = _links) -> SlotFiller:
    """A filler for the slots of the page at `path`, which is empty for a page not yet written."""
    viewer, settings = current_viewer(), current_settings()
    keep_url = url_for("pages.pictures_from_elsewhere", path=path) if path else ""
    pictures = ImageFiller(
        _render_fragment,
        settings.picture_hosts,
        own_address=settings.base_url,
        keep_url=keep_url if path and can_write_at(viewer, path) else "",
    )
    return SlotFiller(viewer, _render_fragment, links, pictures)


def _render_fragment(kind: str, **what: object) -> str:
    if isinstance(what.get("html"), str):
        what["html"] = Markup(what["html"])  # noqa: S704  # a rendering: sanitized
    return render_template(
        "pages/reading/embedded.html", kind=kind, abbreviated=shortened_address, **what
    ).strip()

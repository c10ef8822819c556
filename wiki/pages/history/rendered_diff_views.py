"""The diff of two revisions as rendered pages."""

from dataclasses import replace

from flask import get_template_attribute
from markupsafe import Markup

from wiki.markup import is_cut
from wiki.markup.slots import with_slots
from wiki.pages.diffing.rendered_diff import RenderingsTooLong, diff_rendered
from wiki.pages.models import Page
from wiki.pages.presentation.old_renderings import render_old_revision
from wiki.pages.presentation.personalize import personalized_rendering
from wiki.pages.queries.revisions import RevisionView


def rendered_diff(page: Page, older: RevisionView, newer: RevisionView) -> Markup | None:
    """The later rendering with insertions and deletions; `None` if it is too large for a page."""
    before = render_old_revision(older.text, page.path)
    if is_cut(before.slotted):
        return None  # don't spend the time on a second rendering
    after = render_old_revision(newer.text, page.path)
    if is_cut(after.slotted):
        return None
    try:
        parts = diff_rendered(before.html, after.html)
    except RenderingsTooLong:
        return None
    links = tuple(dict.fromkeys((*after.links, *before.links)))
    fold = get_template_attribute("macros/diff.html", "folded_blocks")
    html = "".join(str(fold(part)) if part.is_same else part.html for part in parts)
    both = replace(after, slotted=with_slots(html), links=links)
    return personalized_rendering(both, page.id, page.path)

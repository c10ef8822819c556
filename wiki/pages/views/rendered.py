"""The difference of two revisions as readers saw them."""

from dataclasses import replace

from flask_babel import ngettext
from markupsafe import Markup, escape

from wiki.pages.models import Page
from wiki.pages.oldrenderings import shown_as_of
from wiki.pages.renderdiff import Part, TooMuch, diff_rendered
from wiki.pages.revisions import RevisionView
from wiki.pages.views.linked import filled


def rendered_diff(page: Page, older: RevisionView, newer: RevisionView) -> Markup | None:
    """The later revision with what came and went; `None` where that is more than a page holds."""
    before, after = (shown_as_of(each.text, page.path) for each in (older, newer))
    if before.is_cut or after.is_cut:
        return None
    try:
        parts = diff_rendered(before.rendered.html, after.rendered.html)
    except TooMuch:
        return None
    links = tuple(dict.fromkeys((*after.rendered.links, *before.rendered.links)))
    html = "".join(map(_written, parts))
    return filled(replace(after.rendered, html=html, links=links), page.id, page.path)


def _written(part: Part) -> str:
    if not part.is_same:
        return part.html
    words = ngettext("%(num)s block is the same", "%(num)s blocks are the same", part.count)
    return f'<details class="diff-same"><summary>{escape(words)}</summary>\n{part.html}</details>\n'

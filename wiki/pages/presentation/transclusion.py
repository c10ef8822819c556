"""A page's rendering, or a part of it, for inside another page."""

import re
from urllib.parse import quote

from wiki.markup.slots import HeadingStart
from wiki.pages.queries.page_queries import PageView

_ID = re.compile(r' id="[^"]*"')
_HERE = re.compile(r'(<a [^<>]*?href=")#')
_ANCHOR = re.compile(r'<a class="anchor"[^<>]*>#</a>')
_CONTAINER = re.compile(
    r"<(/?)(?:blockquote|dd|details|div|dl|dt|figure|li|ol|p|pre|section|table|td|th|tr|ul)\b"
)


def section_html(page: PageView, section: str) -> str | None:
    """The stored HTML of one section, its heading included, or of one block by its `^id`.

    `None` when there is none by itself.
    """
    if section.startswith("^"):
        return _block_html(page.html, section)
    for position, (level, id_, _text) in enumerate(page.outline):
        if id_ == section:
            begin = page.html.find(HeadingStart(level, id_).html)
            following = (h for h in page.outline[position + 1 :] if h[0] <= level)
            after = next(following, None)
            end = page.html.find(HeadingStart(*after[:2]).html) if after else len(page.html)
            html = page.html[begin:end]
            return html if begin >= 0 and _is_balanced(html) else None
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


def _is_balanced(html: str) -> bool:
    """Whether a piece of HTML closes what it opens: a heading in a list has no section."""
    depth = 0
    for found in _CONTAINER.finditer(html):
        depth += -1 if found[1] else 1
        if depth < 0:
            return False
    return depth == 0


def without_ids(html: str, path: str) -> str:
    """A text as part of another page: ids are that page's, links to them lead to their own page."""
    html = _ANCHOR.sub("", html)
    return _ID.sub("", _HERE.sub(rf"\g<1>/wiki/{quote(path)}#", html))

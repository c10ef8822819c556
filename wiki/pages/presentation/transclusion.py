"""Prepares the rendering of a page, or a part of it, for embedding in another page."""

import re
from urllib.parse import quote

from wiki.markup.slots import HeadingStart, slots_of
from wiki.pages.queries.page_queries import PageView

_ID = re.compile(r' id="[^"]*"')
_HERE = re.compile(r'(<a [^<>]*?href=")#')
_ID_VALUE = re.compile(r' id="([^"]*)"')
_FRAGMENT = re.compile(r'(<a [^<>]*?href=")#([^"]*)"')
_ANCHOR = re.compile(r'<a class="anchor"[^<>]*>#</a>')
_CONTAINER = re.compile(
    r"<(/?)(?:blockquote|dd|details|div|dl|dt|figure|li|ol|p|pre|section|table|td|th|tr|ul)\b"
)


def stored_section(page: PageView, section: str) -> str | None:
    """The stored HTML of a section with its heading, or of the block with this `^id`.

    `None` if it can’t be taken out of the page.
    """
    if section.startswith("^"):
        return _stored_block(page.slotted, section)
    for position, (level, id_, _text) in enumerate(page.outline):
        if id_ == section:
            begin = page.slotted.find(HeadingStart(level, id_).stored)
            following = (h for h in page.outline[position + 1 :] if h[0] <= level)
            after = next(following, None)
            end = page.slotted.find(HeadingStart(*after[:2]).stored) if after else None
            slotted = page.slotted[begin:end]
            return slotted if begin >= 0 and _is_balanced(slotted) else None
    return None


def _stored_block(slotted: str, block: str) -> str | None:
    found = re.search(rf'<(p|li|div) [^<>]*?\bid="{re.escape(block)}"[^<>]*>', slotted)
    if found is None:
        return None
    depth = 0
    for tag in re.finditer(rf"<(/?){found[1]}\b", slotted[found.start() :]):
        depth += -1 if tag[1] else 1
        if not depth:
            end = slotted.index(">", found.start() + tag.end()) + 1
            inner = slotted[found.start() : end]
            return f"<ul>{inner}</ul>" if found[1] == "li" else inner
    return None


def _is_balanced(slotted: str) -> bool:
    """Whether stored HTML closes all its elements; a heading in a list has no section."""
    depth = 0
    for found in _CONTAINER.finditer(slotted):
        depth += -1 if found[1] else 1
        if depth < 0:
            return False
    return depth == 0


def without_ids(slotted: str, path: str) -> str:
    """A text as part of another page, without ids; links to them lead to the page at `path`.

    The ids of headings stay in their slots.
    """
    slotted = _ANCHOR.sub("", slotted)
    return _ID.sub("", _HERE.sub(rf"\g<1>/wiki/{quote(path)}#", slotted))


def with_prefixed_ids(slotted: str, prefix: str, path: str) -> str:
    """A text as one of several on a page: its ids, and links to them, get a prefix.

    Links to other ids lead to the page at `path`. The ids of headings stay in their slots.
    """
    slotted = _ANCHOR.sub("", slotted)
    ids = {*_ID_VALUE.findall(slotted), *(slot.id for slot in slots_of(slotted, HeadingStart))}

    def leads(link: re.Match[str]) -> str:
        place = f"#{prefix}" if link[2] in ids else f"/wiki/{quote(path)}#"
        return f'{link[1]}{place}{link[2]}"'

    slotted = _FRAGMENT.sub(leads, slotted)
    return _ID_VALUE.sub(rf' id="{prefix}\1"', slotted)

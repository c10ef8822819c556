"""The one sanitiser: bleach behind a tight list, then our own last look at each element.

bleach reads the author's HTML as a browser does, and drops what is not listed wherever it comes
from. `PageFrame` sees only what passed, so it may add what we build ourselves, and nothing an
author wrote comes after it.
"""

import re
import threading
from html import unescape

from bleach.sanitizer import BleachSanitizerFilter, Cleaner

from wiki.letters import LETTERS
from wiki.markup import links
from wiki.markup.marks import OURS
from wiki.markup.model import Link
from wiki.markup.pageframe import PageFrame
from wiki.markup.unsafe import Unsafe

TAGS = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
        "wbr",
    }
)
PROTOCOLS = frozenset({"http", "https", "mailto"})

_ALIGNMENT = re.compile(r"(?:left|center|right)$")
_ANY = re.compile(r"")
_NUMBER = re.compile(r"-?[0-9]{1,5}$")
_NAME = re.compile(rf"[{LETTERS}.:-]{{1,200}}$")
# What an author's HTML may carry; everything else that is in a page carries our mark.
_EVERYWHERE = {
    "id": _NAME,
    "title": _ANY,
    "lang": re.compile(r"[A-Za-z0-9-]{1,35}$"),
    "dir": re.compile(r"(?:ltr|rtl|auto)$"),
    "class": re.compile(r"align-(?:left|center|right)$"),
}
_CELL = {"align": _ALIGNMENT, "colspan": _NUMBER, "rowspan": _NUMBER}
_BLOCK = {"align": _ALIGNMENT}
ATTRIBUTES: dict[str, dict[str, re.Pattern[str]]] = {
    "a": {"name": _NAME},
    "col": {"span": _NUMBER},
    "colgroup": {"span": _NUMBER},
    "details": {"open": _ANY},
    "div": _BLOCK,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _BLOCK),
    "img": {"alt": _ANY, "width": _NUMBER, "height": _NUMBER, "align": _ALIGNMENT},
    "li": {"value": _NUMBER},
    "ol": {"start": _NUMBER, "reversed": _ANY, "type": re.compile(r"[1aAiI]$")},
    "p": _BLOCK,
    "td": _CELL,
    "th": {**_CELL, "scope": re.compile(r"(?:col|row)(?:group)?$")},
    "time": {"datetime": re.compile(r"[0-9A-Za-z:+. -]{1,40}$")},
}
_OURS_ONLY = frozenset({"class", "id", "type", "checked", "aria-label", "open", "data-picture"})


def is_allowed(tag: str, name: str, value: str) -> bool:
    """bleach's question for each attribute; `value` still has its character references."""
    if value.startswith(OURS):
        if name == "tabindex":
            return tag == "abbr" and value == f"{OURS}0"
        return name in _OURS_ONLY or (tag == "a" and name == "href")
    if name == "href":
        return tag == "a" and links.is_safe_address(unescape(value))
    if name == "src":
        return tag == "img"  # `PageFrame` shows our own files and marks the place of all others
    form = ATTRIBUTES.get(tag, {}).get(name) or _EVERYWHERE.get(name)
    return form is not None and form.match(value) is not None


class _Cleaner(Cleaner):
    """bleach's, for a page that is no text yet."""

    def __init__(self) -> None:
        super().__init__(
            tags=TAGS, attributes=is_allowed, protocols=PROTOCOLS, strip=True, strip_comments=True
        )
        # In single quotes, which it would choose for a value with double ones, bleach escapes
        # character references once more.
        self.serializer.use_best_quote_char = False

    def finish(self, unsafe: Unsafe, page: PageFrame) -> str:
        """Safe HTML of `unsafe`, framed by `page`."""
        allowed = BleachSanitizerFilter(
            source=unsafe.tokens(self.parser.parseFragment),  # type: ignore[arg-type]
            allowed_tags=self.tags,
            attributes=self.attributes,
            allowed_protocols=self.protocols,
            strip_disallowed_tags=self.strip,
            strip_html_comments=self.strip_comments,
        )
        return self.serializer.render(page.finish(allowed))


class _PerThread(threading.local):
    def __init__(self) -> None:
        self.cleaner = _Cleaner()


_per_thread = _PerThread()


def sanitize(
    unsafe: Unsafe, path: str = "", heading_ids: frozenset[str] = frozenset()
) -> tuple[str, list[Link]]:
    """Safe HTML, and the page's internal links in order, each once.

    `path` is the page's own; `heading_ids` are what links on the page itself may mean.
    """
    page = PageFrame(path, heading_ids)
    html = _per_thread.cleaner.finish(unsafe, page).strip()
    return page.lead_to_user_ids(html), list(page.links)

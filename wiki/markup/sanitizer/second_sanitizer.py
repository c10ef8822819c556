"""The second sanitizer: ammonia, which parses as browsers do and shares no code with bleach.

What either of the two removes is removed.
"""

import re
import sys
from html.parser import HTMLParser

import nh3

from wiki.markup.sanitizer.allow_list import (
    PAGE_ATTRIBUTES,
    PAGE_PROTOCOLS,
    PAGE_TAGS,
    is_page_attribute,
)
from wiki.markup.sentinels import without_marks

_cleaner = nh3.Cleaner(
    tags=set(PAGE_TAGS),
    clean_content_tags=set(),
    attributes=PAGE_ATTRIBUTES,
    attribute_filter=lambda tag, name, value: (
        value if is_page_attribute(tag, name, value) else None
    ),
    url_schemes=set(PAGE_PROTOCOLS),
    link_rel=None,
)
_WITHOUT_VALUE = re.compile(r"<(?:details|input|ol|span)\b[^<>]*>")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}));?")
# Characters for which parsers disagree whether a reference yields the character or nothing.
_NO_CHARACTER = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)
_EMPTY = re.compile(r' (checked|disabled|open|reversed)=""')


def sanitize_again(html: str) -> tuple[str, bool]:
    """Sanitize `html` once more; returns the result, and whether it is the same as before."""
    cleaned = _written_alike(_cleaner.clean(html))
    if cleaned == html or _read(cleaned) == _read(html):
        return html, True
    # ammonia replaces references by their characters, of which none may become a sentinel.
    return _written_alike(_cleaner.clean(_REFERENCE.sub(_unless_mark, html))), False


def _unless_mark(reference: "re.Match[str]") -> str:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    is_mark = code <= sys.maxunicode and not without_marks(chr(code))
    return "" if is_mark else reference[0]


def _written_alike(html: str) -> str:
    """Serialise as bleach does, since slots are found by how they are written."""
    html = html.replace("&nbsp;", "\xa0")
    return _WITHOUT_VALUE.sub(lambda tag: _EMPTY.sub(r" \1", tag[0]), html)


class _TokenReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.read: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        written = sorted((name, _NO_CHARACTER.sub("", value or "")) for name, value in attrs)
        self.read.append((tag, written))

    def handle_endtag(self, tag: str) -> None:
        self.read.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if data := _NO_CHARACTER.sub("", data):
            self.read.append([data])

    def handle_comment(self, data: str) -> None:
        self.read.append({data})


def _read(html: str) -> list[object]:
    """The tokens of `html`, for a comparison that ignores how they are written."""
    reader = _TokenReader()
    reader.feed(html)
    reader.close()
    return reader.read

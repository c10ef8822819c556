"""Rewrites the links of a page for use within the single file."""

import re
from html import escape
from urllib.parse import quote

# Tags as the sanitizer and the templates write them; `<` in text is escaped.
_TAG = re.compile(r'<(a|img)\b((?:[^<>"]|"[^"]*")*)>')
_HREF = re.compile(r' href="([^"]*)"')
_SOURCE = re.compile(r' src="/files/([0-9]{1,9})(?:/[^"]*)?"')
_LOADED = re.compile(r' (?:src|srcset|sizes|loading)="[^"]*"')


def rewrite_for_file(html: str, path: str, hub: str) -> tuple[str, list[int]]:
    """The HTML of the page at `path` with links that work in the file, and the ids of its pictures.

    The script inserts the pictures. `hub` is the URL of the wiki, for links to anything but
    pages; without it, those links are removed.
    """
    shown: list[int] = []

    def tag(found: "re.Match[str]") -> str:
        name, attributes = found[1], found[2]
        if name == "img":
            source = _SOURCE.search(attributes)
            if source is None:
                return ""  # only files of the wiki are pictures to fill in
            shown.append(int(source[1]))
            return f'<img data-file="{source[1]}"{_LOADED.sub("", attributes)}>'
        return f"<a{_HREF.sub(lambda href: _href(href[1], path, hub), attributes)}>"

    return _TAG.sub(tag, html), shown


def route(path: str) -> str:
    """The address of a page within the file."""
    return f"#/{quote(path, safe='/')}"


def _href(address: str, path: str, hub: str) -> str:
    """The `href` attribute for an address; both are escaped."""
    if address.startswith("#"):
        return f' href="{escape(route(path))}{address}"'
    if not address.startswith("/") or address.startswith("//"):
        return f' href="{address}"'
    place, mark, fragment = address.partition("#")
    bare, _, query = place.partition("?")
    if bare.startswith("/wiki/"):
        return f' href="#/{bare.removeprefix("/wiki/")}{mark}{fragment}"'
    if bare == "/":
        return ' href="#/"'
    if bare.startswith("/tags/"):
        return f' href="#tag:{bare.removeprefix("/tags/")}"'
    if bare == "/new":
        return f' href="#new:{query}"'
    return f' href="{escape(hub)}{address}" rel="noopener noreferrer"' if hub else ""

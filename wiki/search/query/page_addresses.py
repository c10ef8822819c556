"""Paths of pages in what people paste: addresses of a browser, links of a text."""

import re
from urllib.parse import unquote

_ADDRESS = re.compile(
    r"(?:https?://[^/\s]+(?:/[^\s?#]*?)?(?=/wiki/))? (?:/?wiki/)? (?P<path>[^\s?#]+) (?:[?#]\S*)?",
    re.VERBOSE,
)
_LINK = re.compile(r"!?\[\[(?P<path>[^\]|#]+)(?:[|#][^\]]*)?\]\]")


def path_in(text: str) -> str:
    """The path that a query is, or "": `https://hub.example/wiki/a/b#c`, `/wiki/a/b`, `[[a/b]]`."""
    if link := _LINK.fullmatch(text):
        return link["path"].strip()
    # Long texts with a space would be tried from each of their strokes.
    address = _ADDRESS.fullmatch(text) if "/" in text and " " not in text else None
    return unquote(address["path"]).removesuffix(".md").strip("/") if address else ""

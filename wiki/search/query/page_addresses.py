"""Finds the paths of pages in pasted addresses and wiki links."""

import re
from urllib.parse import unquote

_ADDRESS = re.compile(
    r"(?:https?://[^/\s]+(?:/[^\s?#]*?)?(?=/wiki/))? (?:/?wiki/)? (?P<path>[^\s?#]+) (?:[?#]\S*)?",
    re.VERBOSE,
)
_LINK = re.compile(r"!?\[\[(?P<path>[^\]|#]+)(?:[|#][^\]]*)?\]\]")


def path_in(text: str) -> str:
    """The path in a query such as `https://hub.example/wiki/a/b#c`, `/wiki/a/b` or `[[a/b]]`.

    Empty if the query is something else.
    """
    if link := _LINK.fullmatch(text):
        return link["path"].strip()
    # In a long text with spaces, a match would be tried at each slash.
    address = _ADDRESS.fullmatch(text) if "/" in text and " " not in text else None
    return unquote(address["path"]).removesuffix(".md").strip("/") if address else ""

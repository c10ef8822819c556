"""Marked places in stored HTML, filled at reading."""

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from urllib.parse import quote, unquote

from wiki.naming import path_key

MISSING_HINT = "Not written yet"

# The sanitiser writes exactly this and escapes `<` and `"` everywhere else.
_PLACE = re.compile(r'<a class="wikilink" href="wiki:([^"#]*)(#[^"]*)?"( title="[^"]*")?')

_BARE = re.compile(r'<a class="external(" href="([^"]*)"[^>]*>(?=\2</a>))')


def with_bare_links(html: str) -> str:
    """`html` with the links marked that read as their address: on paper it needn't follow."""
    return _BARE.sub(r'<a class="external bare\1', html)


def fill_links(
    html: str, found: Mapping[str, str], missing_hint: str = MISSING_HINT, root: str = ""
) -> str:
    """Stored `html` with its marked places as links.

    `found` gives, for `key_of(target)`, the path of a page this reader may see; every other target
    becomes an offer to write it, with `missing_hint` as its tooltip. `root` is the path below
    which the wiki is.
    """
    hint = escape(missing_hint)

    def fill(place: re.Match[str]) -> str:
        target, fragment, title = place.groups()
        path = found.get(_key(target))
        if path is None:
            offer = f"{root}{_offer(target)}"
            return f'<a class="wikilink missing" href="{offer}" title="{hint}" rel="nofollow"'
        address = f"{root}/wiki/{_quoted(path)}{fragment or ''}"
        return f'<a class="wikilink" href="{address}"{title or ""}'

    return _PLACE.sub(fill, html)


# Pages link to the same targets again and again: unquoting and folding them is half the time.
@lru_cache(maxsize=8192)
def _key(encoded: str) -> str:
    return path_key(unquote(encoded))


@lru_cache(maxsize=8192)
def _quoted(path: str) -> str:
    return quote(path, safe="/")


@lru_cache(maxsize=8192)
def _offer(encoded: str) -> str:
    """The address of a new page: a path when there is a `/`, a title when it reads like one."""
    target = unquote(encoded)
    fields = []
    if "/" not in target or target != target.lower() or " " in target:
        fields.append(f"title={quote(target, safe='')}")
    if "/" in target:
        fields.append(f"path={quote(target, safe='/')}")
    return "/new?" + "&amp;".join(fields)

"""Where a link leads: another page, this page, elsewhere on this site, outside, or nowhere."""

import re
from enum import Enum, auto
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from wiki.letters import normalize
from wiki.markup.headings import slug_of_heading
from wiki.naming import RESERVED_ROOTS

_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\ufdd0-\ufdef]+")
_INVISIBLE_IN_NAMES = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_NOT_IN_ADDRESSES = re.compile(rf"""{_INVISIBLE.pattern}|[%?#&()<>\[\]\\"`|]""")
_SCHEME = re.compile(r"[^/?#]*:")
_EXTERNAL = re.compile(
    r"""(?:https?://[^/?#\\%<>"\s]+(?:[/?#]|$)|mailto:[^@\s]+@)""", re.IGNORECASE
)
_MARKDOWN_FILE = re.compile(r"\.(?:mdx?|markdown)$", re.IGNORECASE)
# A file of this name is its folder's page.
INDEX_NAMES = frozenset({"readme", "index", "_index"})
# Ids that aren't made of a heading's text: an author's own, footnotes.
_OTHER_ID = re.compile(r"user-|fn(?:ref)?:[0-9]|\^")
# A relative link to a file that a page can't be; `node.js` and `asp.net` are names of pages.
OTHER_FILE = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|avif|ico|bmp|pdf|zip|gz|tgz|bz2|xz|7z|rar|tar|docx?|xlsx?|pptx?"
    r"|odt|mp[34]|webm|ogg|wav|mov|avi|exe|html?|php|aspx?)$",
    re.IGNORECASE,
)


class DestinationKind(Enum):
    """How a link is written into the page."""

    PAGE = auto()  # `target` is a page's path or title
    ANCHOR = auto()  # on this page
    LOCAL = auto()  # a route of this site: `target` is the address
    EXTERNAL = auto()  # `target` is the address
    NOWHERE = auto()  # nothing that may be followed


class Destination(NamedTuple):
    """What an `href` means; `target` is unquoted text for a page, an address otherwise."""

    kind: DestinationKind
    target: str = ""
    fragment: str = ""


NOWHERE = Destination(DestinationKind.NOWHERE)


def destination_of(href: str, path: str = "") -> Destination:
    """What `href`, written on the page at `path`, leads to.

    Browsers ignore white space and controls inside addresses, so they go first.
    """
    href = _INVISIBLE.sub("", href)
    if href.startswith("#"):
        return Destination(DestinationKind.ANCHOR, fragment=unquote(href[1:]))
    if _EXTERNAL.match(href):
        return Destination(DestinationKind.EXTERNAL, href) if _has_host(href) else NOWHERE
    if href[:4].lower() == "www.":
        return Destination(DestinationKind.EXTERNAL, "https://" + href)
    if not href or "\\" in href or href.startswith("//") or _SCHEME.match(href):
        return NOWHERE
    return _inside(href, path)


def _has_host(href: str) -> bool:
    """Whether browsers find a host and a port in it: `http://localhost:port` has none."""
    try:
        parts = urlsplit(href)
        return parts.scheme.lower() == "mailto" or (bool(parts.hostname) and parts.port != -1)
    except ValueError:
        return False


def _inside(href: str, path: str) -> Destination:
    address, _, fragment = href.partition("#")
    address, has_query, _ = address.partition("?")
    is_file = _MARKDOWN_FILE.search(address.rstrip("/")) is not None
    if address.startswith("/"):
        root, _, rest = address[1:].partition("/")
        if root == "wiki" and rest and not has_query:
            return _page(rest, fragment)
        if root in RESERVED_ROOTS or root == "" or (has_query and not is_file):
            return Destination(DestinationKind.LOCAL, href)
        return _page(address, fragment, is_file=is_file)
    if not address or OTHER_FILE.search(address):
        return NOWHERE
    folder = path.rpartition("/")[0]
    return _page(f"{folder}/{address}", fragment, is_file=is_file, is_relative=True)


def _page(
    address: str, fragment: str, *, is_file: bool = False, is_relative: bool = False
) -> Destination:
    """The page at an address; that of a Markdown file loses its ending."""
    parts: list[str] = []
    for part in unquote(address).split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    if is_file and parts:
        parts = page_path_parts(parts)
    if not parts and is_relative:
        return Destination(DestinationKind.LOCAL, "/")
    target = normalized_target("/".join(parts))
    if not target or "\\" in target:
        return NOWHERE
    return Destination(DestinationKind.PAGE, target, fragment_section(unquote(fragment)))


def page_path_parts(parts: list[str]) -> list[str]:
    """The path of the page that a Markdown file stands for, from the file's: without the ending,
    and that of its folder for a README or an index below the root."""
    *folders, name = parts
    stem = _MARKDOWN_FILE.sub("", name)
    if stem.lower() not in INDEX_NAMES:
        return [*folders, stem]
    return folders or [stem.lstrip("_")]


def fragment_section(fragment: str) -> str:
    """The id that a fragment asks for, which may be a heading's text as well."""
    return fragment if _OTHER_ID.match(fragment) else slug_of_heading(fragment) or fragment


def normalized_target(written: str) -> str:
    """A link's target as it is recorded: NFC, runs of white space as one space, stripped."""
    visible = _INVISIBLE_IN_NAMES.sub("", written)
    return normalize("NFC", " ".join(visible.split()))


def quoted_target(target: str, fragment: str) -> str:
    """A page and a section of it as an address has them: percent-encoded as UTF-8."""
    page = quote(target, safe="/")
    return f"{page}#{quote(fragment, safe='')}" if fragment else page


def written_path(path: str) -> str:
    """`path` for an address in a text: readable, but percent-encoded where a parser or
    `destination_of` would see something else than a character of a name."""
    return _NOT_IN_ADDRESSES.sub(lambda found: quote(found[0]), path)


def wiki_destination(target: str, fragment: str) -> Destination:
    """A wikilink's destination from its two percent-encoded parts."""
    if not target:
        return Destination(DestinationKind.ANCHOR, fragment=unquote(fragment))
    return Destination(DestinationKind.PAGE, unquote(target), unquote(fragment))


def anchor_of(fragment: str) -> str:
    """The `href` of a place on the same page."""
    return "#" + quote(fragment, safe=":")


def is_safe_address(value: str) -> bool:
    """The sanitizer's own check of an `href`, stricter than bleach's, which takes
    `javascript:123` for a host and a port."""
    value = _INVISIBLE.sub("", value)
    return bool(_EXTERNAL.match(value)) or not (
        _SCHEME.match(value) or value.startswith("//") or "\\" in value
    )


def without_invisible(value: str) -> str:
    """An address without what browsers don't see in it."""
    return _INVISIBLE.sub("", value)

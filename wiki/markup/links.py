"""Classifies link targets: another page, this page, elsewhere on this site, outside, nowhere."""

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
# A file of this name is the page of its folder.
INDEX_NAMES = frozenset({"readme", "index", "_index"})
# Ids that are not made from headings: the author's own, and those of footnotes.
_OTHER_ID = re.compile(r"user-|fn(?:ref)?:[0-9]|\^")
# Relative links to these files never mean pages; `node.js` and `asp.net` may be page names.
OTHER_FILE = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|avif|ico|bmp|pdf|zip|gz|tgz|bz2|xz|7z|rar|tar|docx?|xlsx?|pptx?"
    r"|odt|mp[34]|webm|ogg|wav|mov|avi|exe|html?|php|aspx?)$",
    re.IGNORECASE,
)


class DestinationKind(Enum):
    """The kinds of link targets."""

    PAGE = auto()  # `target` is a page's path or title
    ANCHOR = auto()  # a place on this page
    LOCAL = auto()  # a route of this site: `target` is the address
    EXTERNAL = auto()  # `target` is the address
    NOWHERE = auto()  # an address that must not be followed


class Destination(NamedTuple):
    """The meaning of an `href`; `target` is the unquoted path or title of a page, or an address."""

    kind: DestinationKind
    target: str = ""
    fragment: str = ""


NOWHERE = Destination(DestinationKind.NOWHERE)


def destination_of(href: str, path: str = "") -> Destination:
    """The destination of `href` on the page at `path`.

    White space and control characters are removed first, since browsers ignore them in addresses.
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
    """Whether browsers can parse host and port; they can't in `http://localhost:port`."""
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
    """The page at an address; the extension of a Markdown file is removed."""
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
    """The path of the page that a Markdown file becomes, given the parts of the file's path.

    The extension is removed; a README or index below the root becomes the page of its folder.
    """
    *folders, name = parts
    stem = _MARKDOWN_FILE.sub("", name)
    if stem.lower() not in INDEX_NAMES:
        return [*folders, stem]
    return folders or [stem.lstrip("_")]


def fragment_section(fragment: str) -> str:
    """The id for a fragment, which may also be the text of a heading."""
    return fragment if _OTHER_ID.match(fragment) else slug_of_heading(fragment) or fragment


def normalized_target(written: str) -> str:
    """A link's target as it is recorded: NFC, runs of white space as one space, stripped."""
    visible = _INVISIBLE_IN_NAMES.sub("", written)
    return normalize("NFC", " ".join(visible.split()))


def quoted_target(target: str, fragment: str) -> str:
    """Target and fragment, percent-encoded as UTF-8 for an address."""
    page = quote(target, safe="/")
    return f"{page}#{quote(fragment, safe='')}" if fragment else page


def written_path(path: str) -> str:
    """`path` for an address in a source text.

    Only the characters are percent-encoded that a parser or `destination_of` would misread.
    """
    return _NOT_IN_ADDRESSES.sub(lambda found: quote(found[0]), path)


def wiki_destination(target: str, fragment: str) -> Destination:
    """The destination of a wikilink, given its percent-encoded target and fragment."""
    if not target:
        return Destination(DestinationKind.ANCHOR, fragment=unquote(fragment))
    return Destination(DestinationKind.PAGE, unquote(target), unquote(fragment))


def anchor_of(fragment: str) -> str:
    """The `href` for a fragment on the same page."""
    return "#" + quote(fragment, safe=":")


def is_safe_address(value: str) -> bool:
    """Whether an `href` has an allowed scheme or none.

    Stricter than bleach's check, which takes `javascript:123` for host and port.
    """
    value = _INVISIBLE.sub("", value)
    return bool(_EXTERNAL.match(value)) or not (
        _SCHEME.match(value) or value.startswith("//") or "\\" in value
    )


def without_invisible(value: str) -> str:
    """An address without the characters that browsers ignore."""
    return _INVISIBLE.sub("", value)

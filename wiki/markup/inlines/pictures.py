"""Images: the wiki's own files, and slots for all others.

How an external image is shown depends on the settings, and which file a bare name refers to depends
on the existing files, so a rendering only has slots for them. An author's HTML cannot imitate one.
"""

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from wiki.markup.links import without_invisible
from wiki.markup.sentinels import TRUSTED_MARK
from wiki.markup.tree_builder import Syntax, TreeBuilder

ADDRESS_LIMIT = 2_000  # characters of an address that is kept
DATA_LIMIT = 60  # characters of a `data:` address

# Without `..`, which a browser would resolve to the parent folder.
_OWN = re.compile(r"/files/[0-9]{1,9}/(?!(?:\.|%2e){1,2}(?:[?#]|$))[^/?#\\]+(?:[?#][^\\]*)?", re.I)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_READABLE = frozenset({"http", "https"})  # schemes that the sanitizer lets through


def _install(parser: MarkdownIt) -> None:
    """Accept any address: an image that can't be shown is explained, not left as source."""
    rules = parser.inline.ruler
    read = next(rule.fn for rule in rules.__rules__ if rule.name == "image")

    def with_any_address(state: StateInline, silent: bool) -> bool:
        if state.src[state.pos] != "!":
            return False
        check = state.md.validateLink
        state.md.validateLink = lambda url: True  # type: ignore[method-assign]
        try:
            return read(state, silent)
        finally:
            state.md.validateLink = check  # type: ignore[method-assign]

    rules.at("image", with_any_address)


def is_own(address: str) -> bool:
    """Whether `address` is that of one of the wiki's own files."""
    return _OWN.fullmatch(address) is not None


def needs_mark(address: str) -> bool:
    """Whether the sanitizer would drop `address`; such an address is only shown as text."""
    found = _SCHEME.match(without_invisible(address))
    return found is not None and found[1].lower() not in _READABLE


def quoted_address(address: str) -> str:
    """`address` as stored in a slot."""
    address = without_invisible(address)
    if address.startswith("//"):
        address = "https:" + address
    limit = DATA_LIMIT if address[:5].lower() == "data:" else ADDRESS_LIMIT
    if len(address) > limit:
        address = address[:limit] + "…"
    return quote(address, safe="/:?=,;@!$*+.-_~()")


def img(address: str, attributes: str) -> str:
    """An `<img>` for `address`, loaded without sending a referrer."""
    return f'<img src="{escape(address)}"{attributes} referrerpolicy="no-referrer">'


def _show(builder: TreeBuilder, token: Token) -> None:
    attrs = dict(token.attrs)
    if needs_mark(str(attrs["src"])):
        attrs["data-picture"] = f"{TRUSTED_MARK}{attrs.pop('src')}"
    attrs["alt"] = _alt_text(token.children or ())
    builder.void("img", attrs)


def _alt_text(tokens: Sequence[Token]) -> str:
    """The plain text of an image's label, for `alt`, as CommonMark defines it."""
    parts = []
    for token in tokens:
        if token.type == "image":
            parts.append(_alt_text(token.children or ()))
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        else:
            parts.append(token.content)
    return "".join(parts)


SYNTAX = Syntax(_install, {"image": _show})

"""Embeds: `![[page#section]]`, `![[picture.png|300]]` and fences named `pages`.

What they show depends on the reader and changes independently of this text, so the rendering only
has slots for them. Slots are inserted after sanitizing, so an author's HTML cannot imitate one.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from wiki.markup.inlines.wikilinks import WIKILINK, default_label, encoded, fragment_of
from wiki.markup.links import OTHER_FILE, normalized_target
from wiki.markup.model import InternalLink
from wiki.markup.slots import EmbedSlot
from wiki.markup.tree_builder import Syntax, TreeBuilder

QUERY_LIMIT = 1_000  # characters

PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif)$", re.IGNORECASE)
_SIZE = re.compile(r"([0-9]{1,4})(?:x([0-9]{1,4}))?")


def picture_size(detail: str) -> tuple[int | None, int | None]:
    """Width and height in pixels of `300` or `300x200`."""
    found = _SIZE.fullmatch(detail)
    return (int(found[1]), int(found[2]) if found[2] else None) if found else (None, None)


def _install(parser: MarkdownIt) -> None:
    """Add the rule before CommonMark's images; pages are embedded only where they stand alone."""
    parser.inline.ruler.before("image", "embed", _rule)
    parser.core.ruler.after("inline", "embed", _place_blocks)


def _rule(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("![[", state.pos):
        return False
    found = WIKILINK.match(state.src, state.pos + 1, state.posMax)
    target = normalized_target((found[1] or "").removesuffix("\\")) if found else ""
    if found is None or not target:
        return False
    if not silent:
        label = (found[3] or "").strip()
        if PICTURE.search(target):
            place = EmbedSlot("file", target.rpartition("/")[2], label)
        else:
            place = EmbedSlot("page", target, fragment_of(found[2] or ""))
        state.push("embed", "", 0).meta = {"place": place, "label": label}
    state.pos = found.end()
    return True


def _place_blocks(state: StateCore) -> None:
    """Replace paragraphs that consist of an embedded page by the embed itself.

    Within a line, a page or a file that is not a picture becomes a link.
    """
    for position, token in enumerate(state.tokens):
        if token.type != "inline" or not token.children:
            continue
        embeds = [child for child in token.children if child.type == "embed"]
        blocks = [child for child in embeds if child.meta["place"].is_block]
        if not blocks:
            continue
        opening = state.tokens[position - 1]
        is_alone = opening.type == "paragraph_open" and len(token.children) == 1
        if is_alone and not OTHER_FILE.search(blocks[0].meta["place"].what):
            opening.hidden = state.tokens[position + 1].hidden = True
            continue
        for child in blocks:
            place: EmbedSlot = child.meta["place"]
            child.type = "embed_link"
            child.content = child.meta["label"] or default_label(place.what, place.detail)


def _show(builder: TreeBuilder, token: Token) -> None:
    place: EmbedSlot = token.meta["place"]
    if place.is_block:
        builder.put(place.html)
        builder.embeds.append(InternalLink(place.what, place.detail, "embed"))
    else:
        builder.put_inline(place.html)


def _show_link(builder: TreeBuilder, token: Token) -> None:
    place: EmbedSlot = token.meta["place"]
    builder.open("a", {"href": encoded(place.what, place.detail)})
    builder.text(token.content)
    builder.close()


def show_page_list(builder: TreeBuilder, token: Token) -> None:
    """Add a slot for the list of pages that match the query in a fence."""
    builder.put(EmbedSlot("pages", token.content.strip()[:QUERY_LIMIT], "").html)


SYNTAX = Syntax(_install, {"embed": _show, "embed_link": _show_link})

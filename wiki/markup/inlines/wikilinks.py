"""`[[Title]]`, `[[path]]`, `[[path|label]]`, `[[path#section]]`, `[[#section]]`."""

import re
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_inline import StateInline

from wiki.letters import normalize
from wiki.markup.headings import slug_of_heading
from wiki.markup.links import normalized_target
from wiki.markup.model import LINKS_LIMIT, InternalLink
from wiki.markup.sentinels import TRUSTED_MARK
from wiki.markup.tree_builder import Syntax

# A `#` before a space, a slash or at the end belongs to the name: `[[C#]]`, `[[F# in a day]]`.
WIKILINK = re.compile(
    r"\[\[((?:[^\[\]\n|#]|#(?=[\s|/\]])){0,300})(?:#([^\[\]\n|]{0,300}))?"
    r"(?:\|([^\[\]\n]{0,500}))?\]\](?!\()"
)


def _install(parser: MarkdownIt) -> None:
    """Add the rule before CommonMark's links, which would match the inner brackets."""
    parser.inline.ruler.before("link", "wikilink", _rule)


def _rule(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("[[", state.pos):
        return False
    found = WIKILINK.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    target = normalized_target((found[1] or "").removesuffix("\\"))
    written_fragment = normalize("NFC", (found[2] or "").removesuffix("\\").strip())
    fragment = fragment_of(written_fragment)
    if not target and not fragment:
        return False
    # If the inner brackets are a defined reference, this is a CommonMark link in brackets.
    references = state.env.get("references")
    if references and normalizeReference(found[0][2:-2]) in references:
        return False
    if not silent:
        label = (found[3] or "").strip() or default_label(target, written_fragment)
        opened = state.push("wikilink_open", "a", 1)
        opened.attrs = {"href": encoded(target, fragment)}
        state.push("text", "", 0).content = label
        state.push("wikilink_close", "a", -1)
    state.pos = found.end()
    return True


def fragment_of(written: str) -> str:
    """The id that `#written` refers to: of a block if it begins with `^`, else of a heading."""
    # In Obsidian's `#Chapter#Section`, the last part counts.
    written = written.rpartition("#")[2]
    slug = slug_of_heading(written)
    return f"^{slug}" if slug and written.strip().startswith("^") else slug


def default_label(target: str, fragment: str) -> str:
    """The text of a link without a label."""
    if not target:
        return fragment
    return f"{target} § {fragment}" if fragment and not fragment.startswith("^") else target


def encoded(target: str, fragment: str) -> str:
    """The link encoded for its way through the sanitizer, as no author's text can write it."""
    return f"{TRUSTED_MARK}{quote(target, safe='/')}#{quote(fragment, safe='')}"


def links_in_source(text: str) -> tuple[InternalLink, ...]:
    """The wikilinks in a text that could not be parsed: each once, at most `LINKS_LIMIT`."""
    links: dict[InternalLink, None] = {}
    for found in WIKILINK.finditer(text):
        if len(links) == LINKS_LIMIT:
            break
        if target := normalized_target(found[1]):
            links[InternalLink(target, fragment_of(found[2] or ""), "wiki")] = None
    return tuple(links)


SYNTAX = Syntax(_install)

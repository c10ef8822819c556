"""`^name` at the end of a block, or below one: an invisible anchor, as in Obsidian.

`[[page#^name]]` links to the block, and `![[page#^name]]` embeds it.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from wiki.markup.sentinels import TRUSTED_MARK
from wiki.markup.tree_builder import Syntax

BLOCK_ID_PREFIX = "^"  # begins every block id; ids of headings never do

# `2 ^10` is a power, not a block id.
_NAME = re.compile(r"(?:^|(?<=\s))\^(?!\d{1,5}$)([A-Za-z0-9-]{1,100})$")
_BREAKS = frozenset({"softbreak", "hardbreak"})


def _install(parser: MarkdownIt) -> None:
    """Run while an escaped `\\^` can still be told from a plain one."""
    parser.core.ruler.after("inline", "block_id", _place_ids)


def _place_ids(state: StateCore) -> None:
    if BLOCK_ID_PREFIX not in state.src:
        return
    tokens: list[Token] = []
    seen: set[str] = set()
    waiting: Token | None = None  # the end of a paragraph that is dropped
    for position, token in enumerate(state.tokens):
        if token is waiting:
            continue
        tokens.append(token)
        if token.type != "inline" or tokens[-2].type not in ("paragraph_open", "heading_open"):
            continue
        name = _take_name(token, is_below=_has_block_before(tokens))
        if not name:
            continue
        is_new = name not in seen
        seen.add(name)
        if token.children:
            _mark(tokens, name) if is_new else None
        else:
            del tokens[-2:]
            waiting = state.tokens[position + 1]
            if is_new:
                _wrap(tokens, name)
    state.tokens = tokens


def _has_block_before(tokens: Sequence[Token]) -> bool:
    """Whether there is a block before the paragraph that the last token is the text of."""
    if len(tokens) < 3 or tokens[-2].type != "paragraph_open":
        return False
    before = tokens[-3]
    return before.nesting == -1 or (before.nesting == 0 and before.block)


def _take_name(inline: Token, *, is_below: bool) -> str:
    """Remove the `^name` at the end of an inline token; returns the name, or an empty string."""
    children = inline.children or []
    last = len(children) - 1
    while last >= 0 and children[last].type == "comment":
        last -= 1
    if last < 0 or children[last].type != "text":
        return ""
    text = children[last].content.rstrip()
    found = _NAME.search(text)
    if found is None:
        return ""
    rest = text[: found.start()].rstrip()
    is_own_line = found.start() == 0
    if is_own_line and last and children[last - 1].type not in _BREAKS:
        return ""
    if is_own_line and not last and not is_below:
        return ""
    children[last].content = rest
    if not rest:
        del children[max(last - 1, 0) if is_own_line else last : last + 1]
    inline.children = children
    return found[1].lower()


def _mark(tokens: list[Token], name: str) -> None:
    """Give the id to the block that the last token is the text of."""
    inline, opening = tokens[-1], tokens[-2]
    attrs = _id(name)
    if tokens[-3:-2] and tokens[-3].type == "list_item_open":
        tokens[-3].attrs.update(attrs)
    elif opening.type == "paragraph_open" and not opening.hidden:
        opening.attrs.update(attrs)
    elif inline.children is not None:  # headings already have an id
        span = [Token("span_open", "span", 1, attrs=attrs), Token("span_close", "span", -1)]
        inline.children += span


def _id(name: str) -> dict[str, str | int | float]:
    return {"id": f"{TRUSTED_MARK}{BLOCK_ID_PREFIX}{name}"}


def _wrap(tokens: list[Token], name: str) -> None:
    """Wrap the last block of `tokens` in an element that has the id."""
    last = begin = len(tokens) - 1
    if tokens[last].nesting == -1:
        depth = 1
        while depth:
            begin -= 1
            depth -= tokens[begin].nesting
    attrs = _id(name)
    if tokens[begin].type == "paragraph_open" and not tokens[begin].hidden:
        tokens[begin].attrs.update(attrs)
        return
    tokens.insert(begin, Token("block_open", "div", 1, attrs=attrs, block=True))
    tokens.append(Token("block_close", "div", -1, block=True))


SYNTAX = Syntax(_install)

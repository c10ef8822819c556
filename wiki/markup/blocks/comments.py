"""`%%…%%`: comments that only editors see, within a line or over several lines.

As in Obsidian, except that no comment begins after a digit, as in `100%%`.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from wiki.markup.tree_builder import Syntax

_COMMENT = re.compile(r"(?<![%0-9])%%(?!%).+?(?<!%)%%(?!%)", re.DOTALL)
_BEGIN = re.compile(r"%%(?!%)")
_END = re.compile(r"(?<!%)%%(?!%)[ \t]*")
_SPACE_AFTER = re.compile(r"[ \t]*\n?[ \t]*")


def _install(parser: MarkdownIt) -> None:
    """Add the rules; comments become no tokens, so they are neither shown nor searched."""
    parser.block.ruler.before(
        "table", "comment", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    parser.inline.ruler.before("emphasis", "comment", _inline)
    parser.core.ruler.after("inline", "comment", _hide_emptied)


def without_comments(source: str) -> str:
    """Remove what looks like a comment from a source that could not be parsed."""
    return _COMMENT.sub("", source)


def _block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Block rule: a comment of whole lines. Text after its end begins a new block."""
    begin = state.bMarks[start_line] + state.tShift[start_line]
    if not _BEGIN.match(state.src, begin) or state.is_code_block(start_line):
        return False
    end = _END.search(state.src, begin + 2, state.eMarks[start_line])
    if end is not None:
        # Followed by text on the same line, or inside a paragraph, it is an inline comment.
        if silent or end.end() < state.eMarks[start_line] or end.start() == begin + 2:
            return False
        state.line = start_line + 1
        return True
    for line in range(start_line + 1, end_line):
        if state.sCount[line] < state.blkIndent and not state.isEmpty(line):
            return False
        end = _END.search(state.src, state.bMarks[line] + state.tShift[line], state.eMarks[line])
        if end is not None:
            if not silent:
                state.line = _after(state, line, end.end())
            return True
    return False


def _after(state: StateBlock, line: int, place: int) -> int:
    """The line at which parsing goes on, which contains the offset `place`."""
    if place >= state.eMarks[line]:
        return line + 1
    state.bMarks[line], state.tShift[line], state.sCount[line] = place, 0, state.blkIndent
    return line


def _inline(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "%":
        return False
    found = _COMMENT.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    end = found.end()
    if not silent:
        is_apart = not state.pending or state.pending[-1].isspace()
        space = _SPACE_AFTER.match(state.src, end, state.posMax)
        if is_apart and space is not None:  # of spaces on both sides, keep one
            end = space.end()
        if end >= state.posMax:
            state.pending = state.pending.rstrip()
        state.push("comment", "", 0)
    state.pos = end
    return True


def _hide_emptied(state: StateCore) -> None:
    """Remove paragraphs that contain nothing but comments."""
    for position, token in enumerate(state.tokens):
        children = token.children or ()
        if any(child.type == "comment" for child in children) and all(map(_is_empty, children)):
            token.children = []
            if state.tokens[position - 1].type == "paragraph_open":
                state.tokens[position - 1].hidden = state.tokens[position + 1].hidden = True


def _is_empty(token: Token) -> bool:
    return token.type in {"comment", "softbreak", "hardbreak"} or (
        token.type == "text" and not token.content.strip()
    )


SYNTAX = Syntax(_install)  # no handlers: tokens without a tag are not shown

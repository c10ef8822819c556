"""`==marked==`, as in Obsidian; between letters and next to spaces, `==` is an operator."""

import unicodedata

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

from wiki.markup.tree_builder import Syntax

_MARK = "=="


def _install(parser: MarkdownIt) -> None:
    """Pair delimiters together with those of emphasis, so that both can be nested."""
    parser.inline.ruler.after("strikethrough", "highlight", _delimit)
    parser.inline.ruler2.after("strikethrough", "highlight", _pair)


def _delimit(state: StateInline, silent: bool) -> bool:
    begin, end = state.pos, state.pos + len(_MARK)
    if silent or not state.src.startswith(_MARK, begin):
        return False
    before = state.src[begin - 1] if begin else " "
    after = state.src[end] if end < len(state.src) else " "
    if "=" in (before, after):
        return False
    state.push("text", "", 0).content = _MARK
    state.delimiters.append(
        Delimiter(
            marker=ord("="),
            length=0,
            token=len(state.tokens) - 1,
            end=-1,
            open=not (after.isspace() or _is_of_word(before)),
            close=not (before.isspace() or _is_of_word(after)),
        )
    )
    state.pos = end
    return True


def _is_of_word(character: str) -> bool:
    """Whether a character continues a word; never for Chinese, Japanese and Korean."""
    if unicodedata.east_asian_width(character) in "WF":
        return False
    return character == "_" or unicodedata.category(character)[0] in "LMN"


def _pair(state: StateInline) -> None:
    _turn(state, state.delimiters)
    for meta in state.tokens_meta:
        if meta and "delimiters" in meta:
            _turn(state, meta["delimiters"])


def _turn(state: StateInline, delimiters: list[Delimiter]) -> None:
    """Turn matched delimiters into elements."""
    for opening in delimiters:
        if opening.marker == ord("=") and opening.end != -1:
            closing = delimiters[opening.end]
            for delimiter, kind, nesting in (
                (opening, "mark_open", 1),
                (closing, "mark_close", -1),
            ):
                token = state.tokens[delimiter.token]
                token.type, token.tag, token.nesting = kind, "mark", nesting  # type: ignore[assignment]
                token.content = ""


SYNTAX = Syntax(_install)

"""Abbreviations: `*[HTML]: HyperText Markup Language` explains it wherever the page uses it.

The meaning is shown while the word is hovered or has the focus, as after a tap.

The syntax is PHP Markdown Extra's, https://michelf.ca/projects/php-markdown/extra/#abbr
"""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from wiki.letters import LETTER
from wiki.markup.sentinels import TRUSTED_MARK
from wiki.markup.tree_builder import Syntax, TreeBuilder

MEANINGS_LIMIT = 100  # per page

_DEFINITION = re.compile(r"\*\[([^\[\]\n]{1,100})\]:[ \t]*([^\n]*)")


def _install(parser: MarkdownIt) -> None:
    """Read definitions with the blocks, like link references; apply them once all are known."""
    parser.block.ruler.before(
        "reference", "abbreviation", _define, {"alt": ["paragraph", "reference", "blockquote"]}
    )
    parser.core.ruler.after("text_join", "abbreviation", _use)


def _define(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    if state.is_code_block(start_line):
        return False
    begin = state.bMarks[start_line] + state.tShift[start_line]
    found = _DEFINITION.fullmatch(state.src, begin, state.eMarks[start_line])
    if found is None:
        return False
    if silent:
        return True
    term, meaning = found[1].strip(), found[2].strip()
    meanings: dict[str, str] = state.env.setdefault("abbreviations", {})
    if term and meaning and len(meanings) < MEANINGS_LIMIT:
        meanings.setdefault(term, meaning)
    state.line = start_line + 1
    return True


def _use(state: StateCore) -> None:
    meanings: dict[str, str] = state.env.get("abbreviations", {})
    if not meanings:
        return
    terms = sorted(meanings, key=len, reverse=True)
    words = re.compile(rf"(?<!{LETTER})(?:{'|'.join(map(re.escape, terms))})(?!{LETTER})")
    first: set[str] = set()
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = list(_explained(token.children, words, meanings, first))


def _explained(
    tokens: Sequence[Token], words: re.Pattern[str], meanings: dict[str, str], first: set[str]
) -> Iterator[Token]:
    open_links = 0
    for token in tokens:
        if token.tag == "a":
            open_links += token.nesting
        if token.type == "text":
            # In a link the word gets no focus of its own: a tap follows the link.
            stops = None if open_links else first
            yield from _parts(token.content, words, meanings, stops)
        else:
            yield token


def _parts(
    text: str, words: re.Pattern[str], meanings: dict[str, str], first: set[str] | None
) -> Iterator[Token]:
    """Split `text` at abbreviations.

    `first` collects the words that already have a tab stop, each gets one; `None`: no tab stops.
    """
    begin = 0
    for found in words.finditer(text):
        yield from _text(text[begin : found.start()])
        is_stop = first is not None and found[0] not in first
        if first is not None:
            first.add(found[0])
        meta = {"is_stop": is_stop}
        yield Token("abbr_open", "abbr", 1, attrs={"title": meanings[found[0]]}, meta=meta)
        yield from _text(found[0])
        yield Token("abbr_close", "abbr", -1, meta=meta)
        begin = found.end()
    yield from _text(text[begin:])


def _text(content: str) -> Iterator[Token]:
    if content:
        yield Token("text", "", 0, content=content)


def _open(builder: TreeBuilder, token: Token) -> None:
    if not token.meta["is_stop"]:
        builder.open("abbr", token.attrs)
        return
    builder.open("abbr", {**token.attrs, "tabindex": f"{TRUSTED_MARK}0"})
    # CSS shows the meaning on hover; the empty title keeps the browser from showing it as well.
    builder.open("span", {"title": ""})


def _close(builder: TreeBuilder, token: Token) -> None:
    if token.meta["is_stop"]:
        builder.close()
    builder.close()


SYNTAX = Syntax(_install, {"abbr_open": _open, "abbr_close": _close})

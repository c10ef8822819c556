"""`*[HTML]: HyperText Markup Language`: what an abbreviation means, wherever the page uses it.

The syntax is PHP Markdown Extra's, https://michelf.ca/projects/php-markdown/extra/#abbr
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from wiki.markup.tree import Handler, TreeBuilder

MEANINGS_LIMIT = 100  # a page

_DEFINITION = re.compile(r"\*\[([^\[\]\n]{1,100})\]:[ \t]*([^\n]*)")


def install(parser: MarkdownIt) -> None:
    """Definitions are read with the blocks, like link references, and used when all are known."""
    parser.block.ruler.before(
        "reference", "abbreviation", _define, {"alt": ["paragraph", "reference"]}
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
    words = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, terms))})(?!\w)")
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = [
                part for child in token.children for part in _parts(child, words, meanings)
            ]


def _parts(token: Token, words: re.Pattern[str], meanings: dict[str, str]) -> list[Token]:
    if token.type != "text":
        return [token]
    parts: list[Token] = []
    begin = 0
    for found in words.finditer(token.content):
        parts.append(_text(token.content[begin : found.start()]))
        parts.append(Token("abbr_open", "abbr", 1, attrs={"title": meanings[found[0]]}))
        parts.append(_text(found[0]))
        parts.append(Token("abbr_close", "abbr", -1))
        begin = found.end()
    parts.append(_text(token.content[begin:]))
    return [part for part in parts if part.content or part.tag]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _open(builder: TreeBuilder, token: Token) -> None:
    builder.open("abbr", token.attrs)


def _close(builder: TreeBuilder, token: Token) -> None:
    builder.close()


HANDLERS: dict[str, Handler] = {"abbr_open": _open, "abbr_close": _close}

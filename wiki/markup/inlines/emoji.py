"""`:rocket:` as on GitHub; the names are GitHub's own list (gemoji)."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from wiki.markup.tree_builder import Syntax, TreeBuilder

_SHORTCODE = re.compile(r":(?:[a-z0-9_]+|[+-]1):")


def _install(parser: MarkdownIt) -> None:
    """Run after inline parsing, so that code, links and addresses keep their colons."""
    parser.core.ruler.after("text_join", "emoji", _rule)


def character_of(shortcode: str) -> str | None:
    """The character of `:name:`; `None` when there is no such emoji."""
    return _characters().get(shortcode)


@cache
def _characters() -> dict[str, str]:
    # Loaded on first use: the names take a megabyte.
    from pymdownx import gemoji_db  # noqa: PLC0415

    characters = {
        name: "".join(chr(int(code, 16)) for code in about["unicode"].split("-"))
        for name, about in gemoji_db.emoji.items()
        if "unicode" in about  # GitHub's own pictures, such as the octocat, have no character
    }
    for alias, name in gemoji_db.aliases.items():
        if name in characters:
            characters[alias] = characters[name]
    return characters


def _rule(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and token.children and _SHORTCODE.search(token.content):
            token.children = list(_replaced(token.children))


def _replaced(children: Sequence[Token]) -> Iterator[Token]:
    is_address = False
    for child in children:
        if child.type in {"link_open", "link_close"}:
            is_address = child.nesting == 1 and child.info == "auto"
        yield from [child] if is_address else _parts(child)


def _parts(token: Token) -> list[Token]:
    if token.type != "text" or ":" not in token.content:
        return [token]
    parts: list[Token] = []
    begin = position = 0
    while found := _SHORTCODE.search(token.content, position):
        character = character_of(found[0])
        if character is None:
            position = found.end() - 1  # its last colon may begin the next name
            continue
        parts.append(_text(token, token.content[begin : found.start()]))
        # GitHub uses the name, not the character, in anchors of headings.
        emoji = Token("emoji", "", 0, content=character, markup=found[0], level=token.level)
        parts.append(emoji)
        begin = position = found.end()
    parts.append(_text(token, token.content[begin:]))
    return [part for part in parts if part.content]


def _text(token: Token, content: str) -> Token:
    return Token("text", "", 0, content=content, level=token.level)


def _show(builder: TreeBuilder, token: Token) -> None:
    builder.text(token.content)


SYNTAX = Syntax(_install, {"emoji": _show})

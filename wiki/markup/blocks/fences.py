"""Fenced blocks: most are code, some are something else that is written as code."""

from markdown_it.token import Token

from wiki.markup.blocks import code, diagrams, formulas
from wiki.markup.inlines import embeds
from wiki.markup.tree_builder import Handler, TreeBuilder

_BLOCKS: dict[str, Handler] = {
    "math": formulas.block,
    "mermaid": diagrams.block,
    "pages": embeds.query_block,
}


def _fence(builder: TreeBuilder, token: Token) -> None:
    _BLOCKS.get(code.language_of(token.info), code.block)(builder, token)


HANDLERS: dict[str, Handler] = {"fence": _fence}

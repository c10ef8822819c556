"""Fenced blocks: most are code, some are something else that is written as code."""

from markdown_it.token import Token

from wiki.markup.blocks import code, diagrams, formulas
from wiki.markup.inlines import embeds
from wiki.markup.tree_builder import Handler, Syntax, TreeBuilder

_BLOCKS: dict[str, Handler] = {
    "math": formulas.show_formula,
    "mermaid": diagrams.show_diagram,
    "pages": embeds.show_page_list,
}


def _fence(builder: TreeBuilder, token: Token) -> None:
    _BLOCKS.get(code.language_of(token.info), code.show_code)(builder, token)


SYNTAX = Syntax(handlers={"fence": _fence})

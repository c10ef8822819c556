"""Fenced blocks: most are code, some are something else that is written as code."""

from markdown_it.token import Token

from wiki.markup.blocks import code, formulas
from wiki.markup.inlines import embeds
from wiki.markup.tree_builder import Handler, Syntax, TreeBuilder


def _show_diagram(builder: TreeBuilder, token: Token) -> None:
    """The source as code, in a frame in which a script draws it where it may."""
    html = code.code_block(token.content, "mermaid")
    builder.put(f'<figure class="diagram">{html}</figure>')


_BLOCKS: dict[str, Handler] = {
    "math": formulas.show_formula,
    "mermaid": _show_diagram,
    "pages": embeds.show_page_list,
}


def _fence(builder: TreeBuilder, token: Token) -> None:
    _BLOCKS.get(code.language_of(token.info), code.show_code)(builder, token)


SYNTAX = Syntax(handlers={"fence": _fence})

"""Fenced blocks: code, and formulas, diagrams and lists of pages that are written as fences."""

from markdown_it.token import Token

from wiki.markup.blocks import code, formulas
from wiki.markup.inlines import embeds
from wiki.markup.tree_builder import Handler, Syntax, TreeBuilder


def _show_diagram(builder: TreeBuilder, token: Token) -> None:
    """Add the source of a diagram as code, in an element in which a script may draw it."""
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

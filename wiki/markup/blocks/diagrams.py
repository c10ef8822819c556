"""Fences named `mermaid`: their source, which a script draws where it may."""

from markdown_it.token import Token

from wiki.markup.blocks.code import code_block
from wiki.markup.tree_builder import TreeBuilder


def show_diagram(builder: TreeBuilder, token: Token) -> None:
    """The source as code, in a frame that a reader's browser finds."""
    builder.put(f'<figure class="diagram">{code_block(token.content, "mermaid")}</figure>')

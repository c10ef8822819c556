"""Definition lists; links can lead to their terms as to headings."""

from collections.abc import Sequence

from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

from wiki.markup.headings import UniqueIds, anchor_text
from wiki.markup.sentinels import TRUSTED_MARK
from wiki.markup.tree_builder import Syntax, TreeBuilder


def number_terms(tokens: Sequence[Token], ids: UniqueIds) -> None:
    """Give each term a unique id."""
    for position, token in enumerate(tokens):
        if token.type == "dt_open":
            token.attrs["id"] = ids.take(anchor_text(tokens[position + 1]))


def _term_open(builder: TreeBuilder, token: Token) -> None:
    builder.open("dt", {"id": f"{TRUSTED_MARK}{token.attrs['id']}"})


SYNTAX = Syntax(deflist_plugin, {"dt_open": _term_open})

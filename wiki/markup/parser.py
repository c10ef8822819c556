"""The dialect: markdown-it-py with additional rules, and the handlers of their tokens."""

from markdown_it import MarkdownIt

from wiki.markup.blocks import (
    block_ids,
    callouts,
    code,
    comments,
    definitions,
    fences,
    footnotes,
    formulas,
    tasks,
)
from wiki.markup.inlines import (
    abbreviations,
    autolinks,
    embeds,
    emoji,
    highlights,
    pictures,
    wikilinks,
)
from wiki.markup.tree_builder import COMMONMARK, Handler, Syntax

# Levels of blocks; each level of a list takes two. Beyond this, the parser drops text.
BLOCK_NESTING_LIMIT = 60

# The order matters: a rule names the rule before or after which it is inserted.
_MODULES = (
    *(abbreviations, autolinks, block_ids, callouts, code, comments, definitions, embeds, emoji),
    *(fences, footnotes, formulas, highlights, pictures, tasks, wikilinks),
)
_SYNTAXES: tuple[Syntax, ...] = (COMMONMARK, *(module.SYNTAX for module in _MODULES))
HANDLERS: dict[str, Handler] = {
    kind: handler for syntax in _SYNTAXES for kind, handler in syntax.handlers.items()
}


def build_parser() -> MarkdownIt:
    """CommonMark, GFM's additions and the wiki's. Not thread-safe while parsing."""
    parser = MarkdownIt("commonmark", {"maxNesting": BLOCK_NESTING_LIMIT})
    parser.enable(["table", "strikethrough"])
    parser.options["strikethrough_single_tilde"] = True
    for syntax in _SYNTAXES:
        if syntax.install is not None:
            syntax.install(parser)
    return parser

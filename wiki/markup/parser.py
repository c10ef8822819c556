"""The dialect: markdown-it-py with its rules and ours, and who turns each token into a tree."""

from markdown_it import MarkdownIt

from wiki.markup import tree_builder
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

NESTING_LIMIT = 60  # levels of blocks; a list costs two a level. Beyond it the parser drops text

HANDLERS: dict[str, tree_builder.Handler] = {
    **tree_builder.HANDLERS,
    **abbreviations.HANDLERS,
    **callouts.HANDLERS,
    **code.HANDLERS,
    **comments.HANDLERS,
    **definitions.HANDLERS,
    **embeds.HANDLERS,
    **emoji.HANDLERS,
    **fences.HANDLERS,
    **footnotes.HANDLERS,
    **formulas.HANDLERS,
    **tasks.HANDLERS,
}


def build_parser() -> MarkdownIt:
    """CommonMark, GFM's additions and the wiki's. Not thread-safe while parsing."""
    parser = MarkdownIt("commonmark", {"maxNesting": NESTING_LIMIT})
    parser.enable(["table", "strikethrough"])
    parser.options["strikethrough_single_tilde"] = True
    for rule in (
        abbreviations,
        autolinks,
        block_ids,
        callouts,
        comments,
        definitions,
        embeds,
        emoji,
        footnotes,
        formulas,
        highlights,
        pictures,
        tasks,
        wikilinks,
    ):
        rule.install(parser)
    return parser

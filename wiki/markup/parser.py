"""The dialect: markdown-it-py with its rules and ours, and who turns each token into a tree."""

from markdown_it import MarkdownIt

from wiki.markup import (
    abbreviations,
    autolinks,
    blockids,
    callouts,
    code,
    comments,
    definitions,
    embeds,
    emoji,
    fences,
    footnotes,
    formulas,
    highlights,
    pictures,
    tasks,
    tree,
    wikilinks,
)

NESTING_LIMIT = 60  # levels of blocks; a list costs two a level. Beyond it the parser drops text

HANDLERS: dict[str, tree.Handler] = {
    **tree.HANDLERS,
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
        blockids,
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

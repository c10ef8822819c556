"""Combines Python-Markdown and markdown-it-py, by one extension.

Registry, tree processors, serialiser and postprocessors are those of Python-Markdown. Its own
parsing of blocks and inline text is replaced: it is quadratic on some inputs.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from xml.etree.ElementTree import Element, ElementTree

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.util import HTML_PLACEHOLDER, HtmlStash
from markdown_it.token import Token

from wiki.markup.blocks.definitions import number_terms
from wiki.markup.headings import UniqueIds, number_headings
from wiki.markup.model import Heading, InternalLink, NestedTooDeep
from wiki.markup.parser import BLOCK_NESTING_LIMIT, HANDLERS, build_parser
from wiki.markup.sanitizer.unsafe_tree import UnsafeTree
from wiki.markup.tree_builder import TreeBuilder

_PLACEHOLDER = re.compile(HTML_PLACEHOLDER % "([0-9]+)")
_REPLACED = {
    "preprocessors": ("normalize_whitespace", "html_block"),
    "treeprocessors": ("inline", "prettify", "unescape"),
}


@dataclass(frozen=True, slots=True)
class ParsedText:
    """A parsed text, not sanitized yet. `tree` is valid until the engine parses another text.

    `pieces` are inserted after sanitizing, each at the place with its index; `embeds` are the pages
    that the text embeds; `task_lines` the source lines of its checkboxes, from 0, in order.
    """

    tree: UnsafeTree
    tokens: list[Token]
    outline: list[Heading]
    pieces: list[str]
    embeds: list[InternalLink]
    task_lines: list[int]


class _Blocks(BlockParser):
    """Builds the document tree from markdown-it-py's tokens."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.dialect = build_parser()
        self.tokens: list[Token] = []
        self.outline: list[Heading] = []
        self.builder = TreeBuilder(HANDLERS, md.htmlStash.store)

    def parseDocument(self, lines: Iterable[str]) -> ElementTree:  # noqa: N802  # overrides
        self.tokens = self.dialect.parse("\n".join(lines))
        if any(token.level >= BLOCK_NESTING_LIMIT - 1 for token in self.tokens):
            raise NestedTooDeep
        ids = UniqueIds()
        self.outline = number_headings(self.tokens, ids)
        number_terms(self.tokens, ids)
        self.builder = TreeBuilder(HANDLERS, self.md.htmlStash.store)
        return ElementTree(self.builder.build(self.tokens))


class _RawHtml(Postprocessor):
    """Replaces the placeholders by the author's HTML, unchanged.

    Python-Markdown's own postprocessor also unwraps paragraphs, and searches the inserted HTML for
    placeholders.
    """

    def run(self, text: str) -> str:
        stash: HtmlStash = self.md.htmlStash
        return _PLACEHOLDER.sub(lambda found: str(stash.rawHtmlBlocks[int(found[1])]), text)


class _Nexus(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # overrides
        for registry, names in _REPLACED.items():
            for name in names:
                getattr(md, registry).deregister(name)
        md.parser = _Blocks(md)
        md.postprocessors.register(_RawHtml(md), "raw_html", 30)


class MarkdownEngine:
    """A Markdown parser. Not thread-safe."""

    def __init__(self) -> None:
        self._markdown = Markdown(extensions=[_Nexus()], output_format="html")

    def parse(self, source: str) -> ParsedText:
        """Parse a source that `clean_source` has cleaned; the result contains sentinels.

        Raises `NestedTooDeep`, and `RecursionError` on hostile texts.
        """
        markdown = self._markdown.reset()
        blocks = cast("_Blocks", markdown.parser)
        root: Element[Any] = blocks.parseDocument(source.split("\n")).getroot()  # type: ignore[assignment]
        for processor in markdown.treeprocessors:
            changed = processor.run(root)
            root = root if changed is None else changed
        placeholder = HTML_PLACEHOLDER.partition("%")[0]
        tree = UnsafeTree(
            root, placeholder if markdown.htmlStash.rawHtmlBlocks else None, self._to_html
        )
        builder = blocks.builder
        return ParsedText(
            tree, blocks.tokens, blocks.outline, builder.pieces, builder.embeds, builder.task_lines
        )

    def _to_html(self, root: "Element[Any]") -> str:
        html = self._markdown.serializer(root).removeprefix("<div>").removesuffix("</div>")
        for processor in self._markdown.postprocessors:
            html = processor.run(html)
        return html

"""Python-Markdown as the frame around markdown-it-py: one extension of ours.

Registry, tree processors, serialiser and postprocessors are Python-Markdown's; what it would do
to blocks and inline text itself is taken out, with the inputs on which that is quadratic.
"""

import re
from collections.abc import Iterable
from typing import Any
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


class _Blocks(BlockParser):
    """Takes the whole structure from markdown-it-py's tokens."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.dialect = build_parser()
        self.tokens: list[Token] = []
        self.outline: list[Heading] = []
        self.pieces: list[str] = []
        self.embeds: list[InternalLink] = []
        self.task_lines: list[int] = []

    def parseDocument(self, lines: Iterable[str]) -> ElementTree:  # noqa: N802  # the frame's name
        self.tokens = self.dialect.parse("\n".join(lines))
        if any(token.level >= BLOCK_NESTING_LIMIT - 1 for token in self.tokens):
            raise NestedTooDeep
        ids = UniqueIds()
        self.outline = number_headings(self.tokens, ids)
        number_terms(self.tokens, ids)
        builder = TreeBuilder(HANDLERS, self.md.htmlStash.store)
        root = builder.build(self.tokens)
        self.pieces = builder.pieces
        self.embeds = builder.embeds
        self.task_lines = builder.task_lines
        return ElementTree(root)


class _RawHtml(Postprocessor):
    """Puts the author's HTML back as it was written.

    The frame's own also unwraps paragraphs and looks for placeholders inside what it puts back.
    """

    def run(self, text: str) -> str:
        stash: HtmlStash = self.md.htmlStash
        return _PLACEHOLDER.sub(lambda found: str(stash.rawHtmlBlocks[int(found[1])]), text)


class _Nexus(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # the frame's name
        for registry, names in _REPLACED.items():
            for name in names:
                getattr(md, registry).deregister(name)
        md.parser = _Blocks(md)
        md.postprocessors.register(_RawHtml(md), "raw_html", 30)


class MarkdownEngine:
    """One reader of Markdown; not to be shared between threads."""

    def __init__(self) -> None:
        self._frame = Markdown(extensions=[_Nexus()], output_format="html")
        self._blocks: Any = self._frame.parser

    def read(self, source: str) -> UnsafeTree:
        """What a cleaned source says, with marks and slots in it; good until the next one is read.

        Raises `NestedTooDeep`, and `RecursionError` on hostile texts.
        """
        frame = self._frame.reset()
        root: Element[Any] = frame.parser.parseDocument(source.split("\n")).getroot()  # type: ignore[assignment]
        for processor in frame.treeprocessors:
            changed = processor.run(root)
            root = root if changed is None else changed
        placeholder = HTML_PLACEHOLDER.partition("%")[0] if frame.htmlStash.rawHtmlBlocks else None
        return UnsafeTree(root, placeholder, self._to_html)

    def _to_html(self, root: "Element[Any]") -> str:
        html = self._frame.serializer(root).removeprefix("<div>").removesuffix("</div>")
        for processor in self._frame.postprocessors:
            html = processor.run(html)
        return html

    @property
    def tokens(self) -> list[Token]:
        """The last text's tokens."""
        return self._blocks.tokens  # type: ignore[no-any-return]

    @property
    def outline(self) -> list[Heading]:
        """The last text's headings."""
        return self._blocks.outline  # type: ignore[no-any-return]

    @property
    def pieces(self) -> list[str]:
        """What goes into the last text's slots after sanitising."""
        return self._blocks.pieces  # type: ignore[no-any-return]

    @property
    def embeds(self) -> list[InternalLink]:
        """The pages that the last text shows inside itself."""
        return self._blocks.embeds  # type: ignore[no-any-return]

    @property
    def task_lines(self) -> list[int]:
        """The source lines of the last text's boxes, in the order of the page."""
        return self._blocks.task_lines  # type: ignore[no-any-return]

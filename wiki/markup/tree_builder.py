"""Builds Python-Markdown's ElementTree from markdown-it-py's tokens.

A token that is more than a tag has a handler in its `Syntax`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

from markdown.util import code_escape
from markdown_it import MarkdownIt
from markdown_it.token import Token

from wiki.letters import with_line_feeds
from wiki.markup.model import InternalLink
from wiki.markup.sentinels import TRUSTED_MARK, piece_mark

# Processor seconds per page; if a lexer takes longer, code is shown without colours. Not elapsed
# time, since the rendering is stored and must not depend on what else the machine does.
COLOUR_TIME = 0.5

Handler = Callable[["TreeBuilder", Token], None]


@dataclass(frozen=True, slots=True)
class Syntax:
    """One kind of markup: adds rules to a parser, and has the handlers of their tokens."""

    install: Callable[[MarkdownIt], None] | None = None
    handlers: Mapping[str, Handler] = field(default_factory=dict)  # by the type of token


class TreeBuilder:
    """Builds the tree of one page. `stash` stores raw HTML and returns a placeholder for it.

    Text is collected in a list until the next element begins or ends, since appending to `tail`
    piece by piece would be quadratic.
    """

    def __init__(self, handlers: Mapping[str, Handler], stash: Callable[[str], str]) -> None:
        self.handlers = handlers
        self.stash = stash
        self.colour_time = COLOUR_TIME  # processor seconds left for highlighting code
        self._code_blocks = 0
        self.embeds: list[InternalLink] = []  # the pages that this one embeds
        self.task_lines: list[int] = []
        self.pieces: list[str] = []  # HTML that is inserted after sanitizing, by number
        self._stack: list[Element] = [Element("div")]
        self._last: Element | None = None  # the element whose tail is being written
        self._text: list[str] = []

    def build(self, tokens: Sequence[Token]) -> Element:
        self.add(tokens)
        self._flush()
        return self._stack[0]

    def add(self, tokens: Sequence[Token]) -> None:
        """Add tokens at the current place."""
        handlers = self.handlers
        for token in tokens:
            kind = token.type
            if kind == "text":
                self._text.append(code_escape(token.content))
            elif handler := handlers.get(kind):
                handler(self, token)
            elif token.hidden:
                self._text.append("\n")
            elif token.nesting == 1:
                self.open(token.tag, token.attrs)
            elif token.nesting == -1:
                self.close()
                if token.block:
                    self._text.append("\n")
            elif token.tag:
                self.void(token.tag, token.attrs)

    def text(self, text: str) -> None:
        """Add plain text, which is escaped here."""
        self._text.append(code_escape(text))

    def raw(self, html: str) -> None:
        """Add the author's HTML as written; it is sanitized later."""
        self._text.append(self.stash(html))

    def open(
        self, tag: str, attrs: Mapping[str, str | int | float] | None = None, ours: str = ""
    ) -> None:
        """Begin an element; `ours` is a class that an author's HTML cannot have."""
        self._flush()
        element = SubElement(self._stack[-1], tag)
        values = {name: _escaped(str(value)) for name, value in (attrs or {}).items()}
        if ours:
            values["class"] = TRUSTED_MARK + ours
        for name in sorted(values):
            element.set(name, values[name])
        self._stack.append(element)
        self._last = None

    def close(self) -> None:
        """End the innermost element."""
        self._flush()
        self._last = self._stack.pop()

    def void(self, tag: str, attrs: Mapping[str, str | int | float] | None = None) -> None:
        """Add an element without content."""
        self.open(tag, attrs)
        self.close()

    def count_code(self) -> int:
        """Count a code block; returns its number on this page, from 1."""
        self._code_blocks += 1
        return self._code_blocks

    def put(self, html: str) -> None:
        """Add a block of trusted HTML, which is inserted after sanitizing."""
        self._put_place("pre", html)
        self._text.append("\n")

    def put_inline(self, html: str) -> None:
        """Add trusted HTML within a line, which is inserted after sanitizing."""
        self._put_place("code", html)

    def _put_place(self, tag: str, html: str) -> None:
        self.open(tag)
        self._text.append(piece_mark(len(self.pieces)))
        self.close()
        self.pieces.append(html)

    def _flush(self) -> None:
        if not self._text:
            return
        text = with_line_feeds("".join(self._text))
        self._text.clear()
        if self._last is None:
            self._stack[-1].text = text
        else:
            self._last.tail = text


def _escaped(value: str) -> str:
    # `&#13;` is a line end to HTML parsers, but not to Markdown parsers.
    return with_line_feeds(code_escape(value)).replace('"', "&quot;")


def _inline(builder: TreeBuilder, token: Token) -> None:
    builder.add(token.children or ())


def _softbreak(builder: TreeBuilder, token: Token) -> None:
    builder.text("\n")


def _hardbreak(builder: TreeBuilder, token: Token) -> None:
    builder.void("br")
    builder.text("\n")


def _html(builder: TreeBuilder, token: Token) -> None:
    builder.raw(token.content)


def _heading_open(builder: TreeBuilder, token: Token) -> None:
    attrs = {name: value for name, value in token.attrs.items() if name != "id"}
    builder.open(token.tag, attrs | {"id": f"{TRUSTED_MARK}{token.attrs['id']}"})


def _cell_open(builder: TreeBuilder, token: Token) -> None:
    alignment = str(token.attrs.get("style", "")).removeprefix("text-align:")
    builder.open(token.tag, ours=f"align-{alignment}" if alignment else "")


def _struck_open(builder: TreeBuilder, token: Token) -> None:
    builder.open("del")  # as in GFM; the parser has `s`


COMMONMARK = Syntax(
    handlers={
        "inline": _inline,
        "softbreak": _softbreak,
        "hardbreak": _hardbreak,
        "html_inline": _html,
        "html_block": _html,
        "heading_open": _heading_open,
        "th_open": _cell_open,
        "td_open": _cell_open,
        "s_open": _struck_open,
    }
)

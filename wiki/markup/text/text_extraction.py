"""Extracts the text of a page without markup: for search, snippets and links to sections."""

import html
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markdown_it.token import Token

from wiki.markup.blocks import callouts
from wiki.markup.model import Heading, Section
from wiki.markup.sentinels import CODE_CLOSE, CODE_OPEN, without_marks

_PLAIN = frozenset({"text", "emoji", "embed_link", "math_inline", "math_inline_double"})
_TAG = re.compile(r"</?[A-Za-z!?][^<>]*>")
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?t[rdh]|summary|/summary)\b", re.IGNORECASE)


class ExtractedText(NamedTuple):
    """The texts of a page; the fields are those of `Rendered`."""

    sections: tuple[Section, ...]
    code: str
    body: str
    plain: str


class _Block(NamedTuple):
    heading: Heading | None
    text: str  # with marks around code
    code: str  # the code in `text`
    is_code_block: bool


def extract_text(tokens: Sequence[Token]) -> ExtractedText:
    """The text of a parsed page, from its tokens in one pass."""
    code: list[str] = []
    body: list[str] = []
    plain: list[str] = []
    heading: Heading | None = None
    section: list[str] = []
    sections: list[Section] = []

    def end_section() -> None:
        if heading or section:
            here = (heading.id, heading.text) if heading else ("", "")
            sections.append(Section(*here, "\n".join(section)))
        section.clear()

    for block in _blocks(tokens):
        text = without_marks(block.text)
        if text:
            plain.append(text)
        if block.code:
            code.append(block.code)
        if block.heading:
            end_section()
            heading = block.heading
        elif text:
            section.append(block.text)
            if not block.is_code_block:
                body.append(text)
    end_section()
    return ExtractedText(tuple(sections), "\n".join(code), "\n".join(body), "\n".join(plain))


def _blocks(tokens: Sequence[Token]) -> Iterator[_Block]:
    heading: Heading | None = None
    is_title = False
    for token in tokens:
        if token.type == "heading_open":
            heading = token.meta.get("heading")
        elif token.type.endswith("_title_open"):
            is_title = True
        elif (
            token.type == "inline" and is_title and token.content.lower() in callouts.CALLOUT_NAMES
        ):
            is_title = False  # a default title such as "Note" is not text of the author
        elif token.type == "inline":
            is_title = False
            text, code = _inline(token.children or ())
            yield _Block(heading, text, code, is_code_block=False)
            heading = None
        elif token.type == "math_block":
            yield _Block(None, token.content.strip(), "", is_code_block=False)
        elif token.type in {"fence", "code_block"}:
            source = token.content.rstrip("\n")
            yield _Block(None, _marked(source), source, is_code_block=True)
        elif token.type == "html_block":
            text = _text_of_html(token.content)
            if text:
                yield _Block(None, text, "", is_code_block=False)


def _inline(children: Sequence[Token]) -> tuple[str, str]:
    text: list[str] = []
    code: list[str] = []
    for child in children:
        if child.type in _PLAIN:
            text.append(child.content)
        elif child.type == "code_inline":
            text.append(_marked(child.content))
            code.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            text.append(" ")
        elif child.type == "image":
            text.append(_inline(child.children or ())[0])
        elif child.type == "html_inline" and _BREAK.match(child.content):
            text.append(" ")
    return "".join(text).strip(), "\n".join(code)


def _marked(code: str) -> str:
    return f"{CODE_OPEN}{code}{CODE_CLOSE}" if code else ""


def _text_of_html(source: str) -> str:
    first, *others = source.split("<!--")
    shown = first + "".join(other.partition("-->")[2] for other in others)
    spaced = _BREAK.sub(lambda found: "\n" + found[0], shown)
    lines = html.unescape(_TAG.sub("", spaced)).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())

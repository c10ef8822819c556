"""Finds the links in a source text, with their offsets.

The parser says which lines are running text, table cells, link definitions or HTML. It records no
offsets within a line, so whatever can hide a bracket is searched for here. Takes linear time.
"""

import re
import threading
from collections.abc import Iterator, Mapping
from html import escape, unescape
from itertools import pairwise
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.common.html_re import close_tag, open_tag
from markdown_it.common.utils import normalizeReference
from markdown_it.helpers import parseLinkDestination, parseLinkTitle
from markdown_it.token import Token

from wiki.letters import LETTER
from wiki.markup.inlines.wikilinks import WIKILINK
from wiki.markup.sentinels import clean_source


class SourceLink(NamedTuple):
    """`[[…]]`, `![[…]]` or the address of another link, between two offsets in the source."""

    begin: int
    end: int
    address: str | None  # as parsed, without angle brackets and escapes
    is_in_table: bool
    is_in_tag: bool = False  # it is the value of a tag's attribute, without quotation marks
    is_picture: bool = False

    @property
    def is_of_file(self) -> bool:
        return self.is_in_tag or self.is_picture


class _Passage(NamedTuple):
    """A part of the source that the parser parses separately."""

    begin: int
    end: int
    is_in_table: bool
    is_definition: bool
    is_html: bool


# The end of a code span, formula or comment is searched for in the next 2,000 characters only,
# which keeps the scan linear.
_SYNTAX = re.compile(
    "|".join(
        (
            r"\\.",
            r"(?P<ticks>`+)(?:(?s:.{1,2000}?)(?<!`)(?P=ticks)(?!`))?",
            rf"(?<!{LETTER})\$\$(?s:\\.|[^\\]){{1,2000}}?\$\$(?!{LETTER})",
            rf"(?<!{LETTER})\$(?!\s)(?s:\\.|[^\\$]){{1,2000}}(?<!\s)\$(?!{LETTER})",
            r"<!--(?s:.{0,2000}?)-->",
            f"(?P<tag>{open_tag})",
            close_tag,
            r"<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\x00-\x20]*>",
            f"(?P<wiki>!?{WIKILINK.pattern})",
            r"(?P<open>!?\[)",
            r"(?P<close>\](?:\([ \t\r\n]*)?)",
        )
    )
)
_SPACES = re.compile(r"[ \t\r\n]*")
_DEFINED = re.compile(r"\[(?s:\\.|[^\]\\])+\]:[ \t]*(?:\r?\n[ \t>]*)?")
_LINE_END = re.compile(r"\r\n|\r|\n")
_CELL_END = re.compile(r"(?<!\\)\|")
_TAG = re.compile(rf"<!--(?s:.{{0,2000}}?)-->|(?P<tag>{open_tag})")
_IN_TAG = re.compile(
    r"""(?<=\s)(?:href|src)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'=<>`]+))""",
    re.IGNORECASE,
)


_per_thread = threading.local()


def in_tag(address: str) -> str:
    """Escape an address for the value of an attribute, which may be unquoted."""
    return escape(address).replace("=", "%3D")


def links_in(text: str, *, with_files: bool = False) -> Iterator[SourceLink]:
    """The links of a source text, in order; `with_files`: including pictures and HTML tags."""
    env: dict[str, Any] = {}
    passages = list(_passages(text, env))
    references = env.get("references", {})
    for passage in passages:
        if passage.is_definition:
            found = _defined(text, passage)
        elif passage.is_html:
            found = _of_html(text, passage)
        else:
            found = _written(text, passage, references)
        yield from (link for link in found if with_files or not link.is_of_file)


def _passages(text: str, env: dict[str, Any]) -> Iterator[_Passage]:
    """The passages that may contain links, in order; link definitions are added to `env`."""
    starts = [0, *(found.end() for found in _LINE_END.finditer(text)), len(text)]
    parser = _parser()
    tokens: list[Token] = []
    parser.block.parse(clean_source(text), parser, env, tokens)
    done = 0
    for before, token in pairwise([Token("", "", 0), *tokens]):
        if token.type not in ("inline", "definition", "html_block") or not token.map:
            continue
        first, last = token.map
        begin, end = starts[first], starts[max(last, first + 1)]
        if begin < done:  # another cell of the same row
            continue
        done = end
        is_in_table = before.type in ("th_open", "td_open")
        for cell_end in _cell_ends(text, begin, end) if is_in_table else (end,):
            is_definition, is_html = token.type == "definition", token.type == "html_block"
            yield _Passage(begin, cell_end, is_in_table, is_definition, is_html)
            begin = cell_end


def _parser() -> MarkdownIt:
    if not hasattr(_per_thread, "parser"):
        # Imported on use, since its plugins cost memory: only needed when pages are moved.
        from wiki.markup.parser import build_parser  # noqa: PLC0415

        _per_thread.parser = build_parser()
        _per_thread.parser.options["inline_definitions"] = True
    parser: MarkdownIt = _per_thread.parser
    return parser


def _cell_ends(text: str, begin: int, end: int) -> Iterator[int]:
    yield from (found.end() for found in _CELL_END.finditer(text, begin, end))
    yield end


def _written(text: str, passage: _Passage, references: Mapping[str, Any]) -> Iterator[SourceLink]:
    """The links of running text. Of nested links, the inner one counts."""
    opened: list[str] = []  # `[` and `![` that are still open
    place, end = passage.begin, passage.end
    while found := _SYNTAX.search(text, place, end):
        place = found.end()
        kind = found.lastgroup
        if kind == "wiki":
            is_embed = found["wiki"].startswith("!")
            if is_embed or normalizeReference(found["wiki"][2:-2]) not in references:
                yield SourceLink(found.start(), place, None, passage.is_in_table)
            if not is_embed:
                opened.clear()
        elif kind == "tag":
            yield from _of_tag(text, found)
        elif kind == "open":
            opened.append(found["open"])
        elif kind == "close" and opened:
            opener = opened.pop()
            address = _address(text, place, end) if found["close"] != "]" else None
            if address is not None:
                link, place = address
                is_picture = opener != "["
                if not is_picture:
                    opened.clear()
                yield link._replace(is_in_table=passage.is_in_table, is_picture=is_picture)


def _of_html(text: str, passage: _Passage) -> Iterator[SourceLink]:
    for found in _TAG.finditer(text, passage.begin, passage.end):
        if found["tag"]:
            yield from _of_tag(text, found)


def _of_tag(text: str, tag: "re.Match[str]") -> Iterator[SourceLink]:
    for found in _IN_TAG.finditer(text, tag.start(), tag.end()):
        begin, end = found.span(found.lastgroup or 0)
        yield SourceLink(begin, end, unescape(text[begin:end]), is_in_table=False, is_in_tag=True)


def _address(text: str, begin: int, end: int) -> tuple[SourceLink, int] | None:
    """The address after `](` and the end of the link; `None` if it is not a link."""
    found = parseLinkDestination(text, begin, end)
    if not found.ok:
        return None
    place = _after_spaces(text, found.pos, end)
    title = parseLinkTitle(text, place, end)
    if title.ok and place > found.pos:
        place = _after_spaces(text, title.pos, end)
    if place == end or text[place] != ")":
        return None
    return SourceLink(begin, found.pos, found.str, is_in_table=False), place + 1


def _after_spaces(text: str, begin: int, end: int) -> int:
    spaces = _SPACES.match(text, begin, end)
    return spaces.end() if spaces else begin


def _defined(text: str, passage: _Passage) -> Iterator[SourceLink]:
    """The address in a link definition such as `[label]: /wiki/page "title"`."""
    before = _DEFINED.search(text, passage.begin, passage.end)
    if before is None:
        return
    found = parseLinkDestination(text, before.end(), passage.end)
    if found.ok:
        yield SourceLink(before.end(), found.pos, found.str, is_in_table=False)

"""Code blocks and inline code, with syntax highlighting."""

import re
import time
from collections.abc import Iterator
from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from wiki.markup.tree_builder import COLOUR_TIME, Syntax, TreeBuilder

if TYPE_CHECKING:
    from pygments.lexer import Lexer

HIGHLIGHT_LIMIT = 100_000  # characters
SPANS_PER_CLOCK_CHECK = 20  # reading the clock takes half as long as writing a span
# Characters; many lexers have patterns that are quadratic in the length of a line.
LINE_LENGTH_LIMIT = 1_000

# Line numbers and ranges in braces or as an option, with at most four digits each.
_MARKED = re.compile(r"""(?:\{([0-9,\- ]+)\}|\bhl_lines=["']?([0-9,\- ]+))""")
_RANGE = re.compile(r"\b([0-9]{1,4})(?:-([0-9]{1,4}))?\b")
_NUMBERED = re.compile(r"(?:^|\s)(?:linenos|linenums|showLineNumbers)\b", re.ASCII)
_COLOURED = re.compile(r'(<span class="[^"]*">)([^<]*)</span>')
_LANGUAGE = re.compile(r"\{?\.?([^\W_][\w+#.-]{0,39})")


def language_of(info: str) -> str:
    """The language in a fence's info string: its first word, lower case; empty when it has none.

    Understands `python`, `{.python}`, `rust,no_run`, `python title="x"`.
    """
    found = _LANGUAGE.match(unescapeAll(info.strip()))
    return found[1].lower().rstrip(".") if found else ""


class LineOptions(NamedTuple):
    """The options for lines in a fence's info string.

    `{1,3-5}` and `hl_lines="1 3-5"` mark lines; `linenos`, `linenums` and `showLineNumbers` number
    all lines. Each number links to itself, with the id `name-number`.
    """

    marked: frozenset[int]
    has_numbers: bool
    name: str

    @classmethod
    def of(cls, info: str, name: str) -> "LineOptions | None":
        ranges = _MARKED.search(info)
        marked = _numbers(ranges[1] or ranges[2]) if ranges else frozenset()
        has_numbers = _NUMBERED.search(info) is not None
        return cls(marked, has_numbers, name) if marked or has_numbers else None


def _numbers(ranges: str) -> frozenset[int]:
    numbers: set[int] = set()
    for begin, end in _RANGE.findall(ranges):
        numbers.update(range(int(begin), int(end or begin) + 1))
    return frozenset(numbers)


def code_block(
    text: str, language: str, seconds: float = COLOUR_TIME, lines: LineOptions | None = None
) -> str:
    """Safe HTML of a code block with its frame.

    `seconds` is the processor time for highlighting; `lines` marks or numbers lines.
    """
    name = escape(language)
    attribute = f' data-language="{name}"' if language else ""
    css_class = f' class="language-{name}"' if language else ""
    code = highlighted(text, language, seconds)
    if lines is not None:
        code = _with_lines(code, lines)
    return (
        f'<div class="code"{attribute}><pre tabindex="0"><code{css_class}>{code}</code></pre></div>'
    )


def highlighted(text: str, language: str, seconds: float = COLOUR_TIME) -> str:
    """Safe HTML of `text`, highlighted with Pygments' short classes if the language is known.

    Not highlighted if the lexer takes more than `seconds` of processor time.
    """
    # Including the time to load the lexer: 10 ms the first time.
    deadline = time.thread_time() + seconds
    lexer = _lexer(language) if seconds > 0 and _is_bounded(text) else None
    if lexer is not None:
        spans: list[str] = []
        for number, span in enumerate(_spans(lexer, text)):
            if number % SPANS_PER_CLOCK_CHECK == 0 and time.thread_time() > deadline:
                break
            spans.append(span)
        else:
            return "".join(spans)
    return _escaped(text)


def _escaped(text: str) -> str:
    """Escape `text` for use between tags, in the same way as the rest of the page."""
    return escape(text, quote=False).replace('"', "&quot;")


def _with_lines(code: str, options: LineOptions) -> str:
    # Spans are not nested, so each can be closed and reopened at line ends.
    by_lines = _COLOURED.sub(
        lambda span: span[1] + span[2].replace("\n", f"</span>\n{span[1]}") + "</span>", code
    )
    lines = by_lines.removesuffix("\n").split("\n")
    return "\n".join(_line(line, number, options) for number, line in enumerate(lines, 1))


def _line(code: str, number: int, options: LineOptions) -> str:
    css_class = "line marked" if number in options.marked else "line"
    link = ""
    if options.has_numbers:
        name = f"{options.name}-{number}"
        address = f'id="{name}" href="#{name}" data-line="{number}" aria-label="{number}"'
        link = f'<a class="line-number" {address}></a>'
    return f'{link}<span class="{css_class}">{code}</span>'


def _is_bounded(text: str) -> bool:
    return len(text) <= HIGHLIGHT_LIMIT and max(map(len, text.split("\n"))) <= LINE_LENGTH_LIMIT


def _spans(lexer: "Lexer", text: str) -> Iterator[str]:
    from pygments.token import STANDARD_TYPES  # noqa: PLC0415

    pending_class, pending = "", ""
    for kind, value in lexer.get_tokens(text):
        while kind not in STANDARD_TYPES and kind.parent is not None:
            kind = kind.parent  # noqa: PLW2901
        css_class = STANDARD_TYPES.get(kind, "")
        if css_class == pending_class:
            pending += value
            continue
        if pending:
            yield _span(pending_class, pending)
        pending_class, pending = css_class, value
    if pending:
        yield _span(pending_class, pending)


def _span(css_class: str, text: str) -> str:
    safe = _escaped(text)
    return f'<span class="{css_class}">{safe}</span>' if css_class and not text.isspace() else safe


@lru_cache(maxsize=1)
def _known_languages() -> frozenset[str]:
    # For an unknown name, Pygments would search the entry points of all installed packages.
    from pygments.lexers import get_all_lexers  # noqa: PLC0415

    return frozenset(alias for lexer in get_all_lexers(plugins=False) for alias in lexer[1])


def _lexer(language: str) -> "Lexer | None":
    if language not in _known_languages():
        return None
    # A new one each time: some lexers keep state, which threads must not share.
    return _lexer_class(language)(stripnl=False, ensurenl=False)


@cache
def _lexer_class(language: str) -> "type[Lexer]":
    """The lexer class of a known language; cached, since Pygments searches six hundred lexers."""
    # Imported only for pages with code: Pygments and its lexers cost 20 MB and 60 ms.
    from pygments.lexers import find_lexer_class_by_name  # noqa: PLC0415

    return find_lexer_class_by_name(language)


def show_code(builder: TreeBuilder, token: Token) -> None:
    """Add a code block, highlighted while the page has time for highlighting left."""
    begin = time.thread_time()
    name = f"L{builder.count_code()}"
    lines = LineOptions.of(token.info, name)
    html = code_block(token.content, language_of(token.info), builder.colour_time, lines)
    builder.put(html)
    builder.colour_time -= time.thread_time() - begin


def _inline(builder: TreeBuilder, token: Token) -> None:
    builder.open("code")
    builder.text(token.content)
    builder.close()


SYNTAX = Syntax(handlers={"code_block": show_code, "code_inline": _inline})

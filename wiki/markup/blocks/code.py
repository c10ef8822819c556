"""Code blocks, inline code and their colours."""

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
SPANS_PER_CLOCK_CHECK = 20  # at the clock, which takes half as long as a span
LINE_LENGTH_LIMIT = 1_000  # characters; on one long line many lexers' expressions are quadratic

# In braces or as an option: numbers of lines and ranges of them, of four digits at most.
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
    """What a fence's info string asks for its lines.

    `{1,3-5}` and `hl_lines="1 3-5"` mark some; `linenos`, `linenums` and `showLineNumbers` number
    all, each number a link to itself, its id `name-number`.
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
    """HTML of a code block, its frame included; safe, because every piece is escaped here."""
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
    """`text` escaped, with Pygments' short classes where the language is known.

    Without colours when the lexer has not come to the end after `seconds` of processor.
    """
    # Loading a lexer counts: the first of a kind costs 10 ms.
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
    """`text` for between tags, written as in all other texts of a page."""
    return escape(text, quote=False).replace('"', "&quot;")


def _with_lines(code: str, options: LineOptions) -> str:
    # Spans aren't nested: each can be closed and reopened at every line's end.
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
    # Asking Pygments for a name it doesn't know searches every installed package's entry points.
    from pygments.lexers import get_all_lexers  # noqa: PLC0415

    return frozenset(alias for lexer in get_all_lexers(plugins=False) for alias in lexer[1])


def _lexer(language: str) -> "Lexer | None":
    if language not in _known_languages():
        return None
    # A new one each time: some keep what they are reading in themselves, and threads would mix it.
    return _lexer_class(language)(stripnl=False, ensurenl=False)


@cache
def _lexer_class(language: str) -> "type[Lexer]":
    """Of a known language; Pygments goes through its six hundred lexers to find it."""
    # Pygments costs 20 MB and 60 ms with its lexers: only for pages that have code.
    from pygments.lexers import find_lexer_class_by_name  # noqa: PLC0415

    return find_lexer_class_by_name(language)


def show_code(builder: TreeBuilder, token: Token) -> None:
    """A code block, coloured as long as the page's time for colours lasts."""
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

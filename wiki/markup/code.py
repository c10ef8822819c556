"""Code blocks, inline code and their colours."""

import re
import time
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from wiki.markup.tree import COLOUR_TIME, Handler, TreeBuilder

if TYPE_CHECKING:
    from pygments.lexer import Lexer

HIGHLIGHT_LIMIT = 100_000  # characters
LINE_LIMIT = 1_000  # characters; on one long line many lexers' expressions are quadratic

_LANGUAGE = re.compile(r"\{?\.?([^\W_][\w+#.-]{0,39})")


def language_of(info: str) -> str:
    """The language in a fence's info string: its first word, lower case; empty when it has none.

    Understands `python`, `{.python}`, `rust,no_run`, `python title="x"`.
    """
    found = _LANGUAGE.match(unescapeAll(info.strip()))
    return found[1].lower().rstrip(".") if found else ""


def code_block(text: str, language: str, seconds: float = COLOUR_TIME) -> str:
    """HTML of a code block, its frame included; safe, because every piece is escaped here."""
    name = escape(language)
    attribute = f' data-language="{name}"' if language else ""
    css_class = f' class="language-{name}"' if language else ""
    code = highlighted(text, language, seconds)
    return (
        f'<div class="code"{attribute}><pre tabindex="0"><code{css_class}>{code}</code></pre></div>'
    )


def highlighted(text: str, language: str, seconds: float = COLOUR_TIME) -> str:
    """`text` escaped, with Pygments' short classes where the language is known.

    Without colours when the lexer has not come to the end after `seconds`.
    """
    deadline = time.monotonic() + seconds  # loading a lexer counts: the first of a kind costs 10 ms
    lexer = _lexer(language) if seconds > 0 and _is_bounded(text) else None
    if lexer is not None:
        spans: list[str] = []
        for span in _spans(lexer, text):
            if time.monotonic() > deadline:
                break
            spans.append(span)
        else:
            return "".join(spans)
    return escape(text, quote=False)


def _is_bounded(text: str) -> bool:
    return len(text) <= HIGHLIGHT_LIMIT and max(map(len, text.split("\n"))) <= LINE_LIMIT


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
    safe = escape(text, quote=False)
    return f'<span class="{css_class}">{safe}</span>' if css_class and not text.isspace() else safe


@lru_cache(maxsize=1)
def _known_languages() -> frozenset[str]:
    # Asking Pygments for a name it doesn't know searches every installed package's entry points.
    from pygments.lexers import get_all_lexers  # noqa: PLC0415

    return frozenset(alias for lexer in get_all_lexers(plugins=False) for alias in lexer[1])


def _lexer(language: str) -> "Lexer | None":
    # Pygments costs 20 MB and 60 ms with its lexers: only for pages that have code.
    from pygments.lexers import find_lexer_class_by_name  # noqa: PLC0415

    if language not in _known_languages():
        return None
    # A new one each time: some keep what they are reading in themselves, and threads would mix it.
    return find_lexer_class_by_name(language)(stripnl=False, ensurenl=False)


def _block(builder: TreeBuilder, token: Token) -> None:
    begin = time.monotonic()
    builder.put(code_block(token.content, language_of(token.info), builder.colour_time))
    builder.colour_time -= time.monotonic() - begin


def _inline(builder: TreeBuilder, token: Token) -> None:
    builder.open("code")
    builder.text(token.content)
    builder.close()


HANDLERS: dict[str, Handler] = {"fence": _block, "code_block": _block, "code_inline": _inline}

"""Renders code spans in a text that is otherwise shown as typed, such as a field of a page.

No other Markdown is interpreted: `**/*.py`, `__init__` and a line that begins with a number stay as
they are.
"""

import threading
from html import escape

from markdown_it import MarkdownIt

from wiki.markup.sentinels import clean_source


class _ThreadParser(threading.local):
    def __init__(self) -> None:
        self.parser = MarkdownIt("commonmark")
        self.parser.inline.ruler.enableOnly(["text", "backticks"])
        self.parser.inline.ruler2.enableOnly(["fragments_join"])


_per_thread = _ThreadParser()


def with_code_spans(text: str) -> str:
    """Safe HTML of `text`, to be shown with its line ends. Spans end at the end of the line."""
    lines = clean_source(text).split("\n")
    return "\n".join(_spans(line) if "`" in line else escape(line) for line in lines)


def _spans(line: str) -> str:
    (inline,) = _per_thread.parser.parseInline(line)
    return "".join(
        f"<code>{escape(token.content)}</code>"
        if token.type == "code_inline"
        else escape(token.content)
        for token in inline.children or ()
    )

"""Text -> `Rendered`, here and now, without a bound on time."""

import threading
from html import escape

from wiki.markup.code import code_block
from wiki.markup.comments import without_comments
from wiki.markup.marks import clean_source, fill_slots
from wiki.markup.model import LINKS_LIMIT, Link, Rendered
from wiki.markup.sanitize import sanitize
from wiki.markup.second_wall import agreed
from wiki.markup.shell import Shell
from wiki.markup.textparts import text_parts
from wiki.markup.wikilinks import links_in_source

SOURCE_SHOWN = 700_000  # bytes of HTML; each `>` takes four
SOURCE_NOTE = "This text could not be formatted in the time a page is given. Its source is shown."
LONG_NOTE = (
    "This text could not be formatted in the time a page is given, and is too long to be shown"
    " whole. Its source begins like this."
)
BUSY_NOTE = "There was no time to format this text just now. Its source is shown meanwhile."


class _PerThread(threading.local):
    def __init__(self) -> None:
        self.shell = Shell()


_per_thread = _PerThread()


def render_unbounded(text: str, path: str = "") -> Rendered:
    """Raises `NestedTooDeep` and `RecursionError` on hostile texts; takes what time it takes."""
    shell = _per_thread.shell
    unsafe = shell.read(clean_source(text))
    ids = frozenset(heading.id for heading in shell.outline)
    html, links = sanitize(unsafe, path, ids)
    html, is_agreed = agreed(html)
    parts = text_parts(shell.tokens)
    return Rendered(
        html=fill_slots(html, shell.pieces),
        outline=tuple(shell.outline),
        links=tuple(dict.fromkeys([*links, *shell.embeds]))[:LINKS_LIMIT],
        sections=parts.sections,
        headings=tuple(heading.text for heading in shell.outline),
        code=parts.code,
        body=parts.body,
        plain=parts.plain,
        is_complete=True,
        tasks=tuple(shell.task_lines),
        is_disputed=not is_agreed,
    )


def beginning_of_source(text: str, size: int) -> str:
    """The first lines of a source, escaped: as many as take at most `size` bytes of HTML."""
    taken = end = 0
    for line in text[:size].splitlines(keepends=True):
        taken += len(escape(line).encode(errors="replace"))
        if taken > size:
            break
        end += len(line)
    # A sign takes six bytes at most.
    return code_block(clean_source(text[: end or size // 6]), "")


def source_instead(text: str, *, is_overloaded: bool = False) -> Rendered:
    """The source itself, escaped, with a clear word: for what could not be rendered in its bound.

    Its words and wikilinks are still found. `is_overloaded`: see `Rendered`.
    """
    source = clean_source(text)
    shown = code_block(source, "")
    note = BUSY_NOTE if is_overloaded else SOURCE_NOTE
    if len(shown) > SOURCE_SHOWN:
        shown = beginning_of_source(source, SOURCE_SHOWN)
        note = note if is_overloaded else LONG_NOTE
    html = f'<div class="admonition warning"><p class="admonition-title">{note}</p></div>\n{shown}'
    said = without_comments(source)
    found = (Link(target, fragment, "wiki") for target, fragment in links_in_source(source))
    return Rendered(
        html=html,
        outline=(),
        links=tuple(found),
        sections=(),
        headings=(),
        code="",
        body=said,
        plain=said,
        is_complete=False,
        is_overloaded=is_overloaded,
    )

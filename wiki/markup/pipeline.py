"""Renders a text to `Rendered`, in this process and without a time limit."""

import re
import threading
from dataclasses import replace
from html import escape

from wiki.markup.blocks.code import code_block
from wiki.markup.blocks.comments import without_comments
from wiki.markup.engine import MarkdownEngine
from wiki.markup.inlines.wikilinks import links_in_source
from wiki.markup.model import LINKS_LIMIT, TRUNCATED_MARK, Rendered, Section
from wiki.markup.sanitizer.sanitize import sanitize
from wiki.markup.sanitizer.second_sanitizer import sanitize_again
from wiki.markup.sentinels import clean_source, put_pieces_in
from wiki.markup.slots import LINK_START, with_slots
from wiki.markup.text.text_extraction import extract_text
from wiki.markup.truncation import affordable_beginning, cut_at_block_end

# Bytes of HTML, so that a response with the page around it stays below a megabyte.
HTML_LIMIT = 800_000
_LINK_SIZE = 80  # bytes that resolving a link adds
_HEADING_SIZE = 90  # bytes of an entry in the table of contents, without its text
SOURCE_NOTE = "This text took too long to format. Its source is shown instead."
LONG_NOTE = (
    "This text took too long to format, and is too long to show in full. This is the beginning of"
    " its source."
)
REST_NOTE = "This text is too long to show in full. The rest is only in its source."
BUSY_NOTE = "There was no time to format this text just now. Its source is shown instead."


_WHOLE_TAG = re.compile(r'(</?[a-zA-Z](?:[^"<>]|"[^"]*")*>)')


class _ThreadEngine(threading.local):
    def __init__(self) -> None:
        self.engine = MarkdownEngine()


_per_thread = _ThreadEngine()


def render_unbounded(text: str, path: str = "") -> Rendered:
    """Render `text`, however long it takes; `path` is the path of its page.

    Raises `NestedTooDeep` and `RecursionError` on hostile texts.
    """
    parsed = _per_thread.engine.parse(clean_source(text))
    ids = frozenset(heading.id for heading in parsed.outline)
    html, links = sanitize(parsed.tree, path, ids)
    html, is_unchanged = sanitize_again(html)
    extracted = extract_text(parsed.tokens)
    return Rendered(
        slotted=with_slots(_with_quotes_escaped(put_pieces_in(html, parsed.pieces))),
        outline=tuple(parsed.outline),
        links=tuple(dict.fromkeys([*links, *parsed.embeds]))[:LINKS_LIMIT],
        sections=extracted.sections,
        headings=tuple(heading.text for heading in parsed.outline),
        code=extracted.code,
        body=extracted.body,
        plain=extracted.plain,
        is_complete=True,
        tasks=tuple(parsed.task_lines),
        is_disputed=not is_unchanged,
    )


def _with_quotes_escaped(html: str) -> str:
    """Escape each `"` in the text of sanitized `html`, so that no text looks like an attribute.

    Sanitizers don't; but ids and addresses are later found by pattern.
    """
    pieces = _WHOLE_TAG.split(html)
    pieces[::2] = [text.replace('"', "&quot;") for text in pieces[::2]]
    return "".join(pieces)


def render_truncated(text: str, path: str = "") -> Rendered:
    """Render as much of `text` as fits on one page, with a note about the rest.

    The rest is searchable, and its links are recorded. Raises the same as `render_unbounded`.
    """
    rendered = render_unbounded(part := affordable_beginning(text), path)
    while (size := _size(rendered)) > HTML_LIMIT:
        part = cut_at_block_end(part, int(len(part) * HTML_LIMIT / size * 0.9))
        rendered = render_unbounded(part, path)
    return rendered if part == text else _with_rest(rendered, text[len(part) :])


def _size(rendered: Rendered) -> int:
    """The bytes that a rendering adds to a page."""
    html = rendered.html
    links = _LINK_SIZE * html.count(LINK_START)
    headings = sum(_HEADING_SIZE + len(heading.text.encode()) for heading in rendered.outline)
    return len(html.encode()) + links + headings


def _with_rest(rendered: Rendered, rest: str) -> Rendered:
    source = clean_source(rest)
    said = without_comments(source)
    links = dict.fromkeys((*rendered.links, *links_in_source(source)))
    return replace(
        rendered,
        slotted=f"{rendered.slotted}\n{_note(REST_NOTE)}",
        links=tuple(links)[:LINKS_LIMIT],
        sections=(*rendered.sections, Section("", "", said)),
        body=f"{rendered.body}\n{said}",
        plain=f"{rendered.plain}\n{said}",
    )


def _note(words: str) -> str:
    return f'{TRUNCATED_MARK}<p class="admonition-title">{words}</p></div>'


def source_beginning(text: str, size: int) -> str:
    """The first lines of a source, escaped, in at most `size` bytes of HTML."""
    taken = end = 0
    for line in text[:size].splitlines(keepends=True):
        taken += len(escape(line).encode(errors="replace"))
        if taken > size:
            break
        end += len(line)
    # An escaped character takes at most six bytes.
    return code_block(clean_source(text[: end or size // 6]), "")


def source_rendering(text: str, *, is_overloaded: bool = False) -> Rendered:
    """The escaped source with a note, for a text that could not be rendered within its limits.

    Its words stay searchable, its wikilinks recorded. `is_overloaded`: see `Rendered`.
    """
    source = clean_source(text)
    shown = code_block(source, "")
    note = BUSY_NOTE if is_overloaded else SOURCE_NOTE
    if len(shown) > HTML_LIMIT:
        shown = source_beginning(source, HTML_LIMIT)
        note = note if is_overloaded else LONG_NOTE
    said = without_comments(source)
    return Rendered(
        slotted=f"{_note(note)}\n{shown}",
        links=links_in_source(source),
        body=said,
        plain=said,
        is_complete=False,
        is_overloaded=is_overloaded,
    )

"""One section of a text: a heading and everything up to the next heading of its level. Pure."""

from collections.abc import Callable, Iterable

from markupsafe import escape

from wiki.letters import with_line_feeds
from wiki.markup import Heading, render
from wiki.markup.slots import HeadingEnd, HeadingStart


class SectionNotFound(LookupError):
    """The text has no section with that id that can be edited separately."""


def section_bounds(text: str, section: str) -> tuple[int, int]:
    """Start and end of the section with the heading id `section`, as character offsets in `text`.

    Raises `SectionNotFound`, also for a heading inside a list or a quote.
    """
    # Only headings at the left margin split a text cleanly.
    headings = [heading for heading in render(text).outline if heading.line >= 0]
    for position, heading in enumerate(headings):
        if heading.id == section:
            following = (h.line for h in headings[position + 1 :] if h.level <= heading.level)
            return _offset(text, heading.line), _offset(text, next(following, None))
    raise SectionNotFound(section)


def section_of(text: str, section: str) -> str:
    """The source of a section. Raises `SectionNotFound`."""
    start, end = section_bounds(text, section)
    return text[start:end]


def with_section(text: str, section: str, replacement: str) -> str:
    """`text` with the section replaced; the text after it still starts on a new line.

    Raises `SectionNotFound`.
    """
    start, end = section_bounds(text, section)
    replacement, rest = with_line_feeds(replacement), text[end:]
    if replacement == text[start:end]:
        return text
    if rest and replacement and not replacement.endswith("\n"):
        replacement += "\n"
    if rest and replacement and not replacement.endswith("\n\n"):
        # Without a blank line the next heading could become part of a paragraph or a list.
        replacement += "\n"
    return text[:start] + replacement + rest


def _offset(text: str, line: int | None) -> int:
    if line is None:
        return len(text)
    at = 0
    for _ in range(line):
        at = text.index("\n", at) + 1
    return at


def line_marker(outline: Iterable[Heading]) -> Callable[[HeadingStart], str]:
    """Writes headings with the number of the source line on which they begin."""
    lines = {str(escape(heading.id)): heading.line for heading in outline if heading.line >= 0}

    def fill(heading: HeadingStart) -> str:
        if heading.id not in lines:
            return heading.html
        return f'{heading.html[:-1]} data-source-line="{lines[heading.id]}">'

    return fill


def edit_linker(url_of: Callable[[str], str], label: str) -> Callable[[HeadingEnd], str]:
    """Adds a link to edit the section to the end of headings; `url_of` returns the URL for a
    heading id.
    """

    def fill(heading: HeadingEnd) -> str:
        return (
            f'<a class="edit-section" href="{escape(url_of(heading.id))}"'
            f' aria-describedby="{heading.id}" rel="nofollow">{escape(label)}</a>{heading.html}'
        )

    return fill

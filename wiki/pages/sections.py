"""One section of a text: a heading with everything under it, down to its next equal. Pure."""

import re
from collections.abc import Callable, Iterable

from markupsafe import escape

from wiki.markup import Heading, render

_HEADING = re.compile(r'(<h[2-6] id="([^"]+)">)(.*?)(</h[2-6]>)')


class SectionNotFound(LookupError):
    """The text has no section of that name that could be edited by itself."""


def section_bounds(text: str, section: str) -> tuple[int, int]:
    """Where the section with the heading id `section` stands in `text`, as character offsets.

    Raises `SectionNotFound`, also for a heading inside a list or a quote.
    """
    # An edit begins at a heading that stands at the left: only those split a text cleanly.
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
    """`text` with the section replaced; what follows it keeps its own line.

    Raises `SectionNotFound`.
    """
    start, end = section_bounds(text, section)
    replacement, rest = replacement.replace("\r\n", "\n"), text[end:]
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


def with_lines(html: str, outline: Iterable[Heading]) -> str:
    """Rendered `html` whose headings tell which line of the source they begin in."""
    lines = {str(escape(heading.id)): heading.line for heading in outline if heading.line >= 0}

    def tell(found: re.Match[str]) -> str:
        opening, section, inner, closing = found.groups()
        if section not in lines:
            return found[0]
        return f'{opening[:-1]} data-source-line="{lines[section]}">{inner}{closing}'

    return _HEADING.sub(tell, html)


def with_edit_links(html: str, url_of: Callable[[str], str], label: str) -> str:
    """Stored `html` with a link to edit each section; `url_of` gives the address for an id."""

    def link(found: re.Match[str]) -> str:
        opening, section, inner, closing = found.groups()
        return (
            f'{opening}{inner}<a class="edit-section" href="{escape(url_of(section))}"'
            f' aria-describedby="{section}" rel="nofollow">{escape(label)}</a>{closing}'
        )

    return _HEADING.sub(link, html)

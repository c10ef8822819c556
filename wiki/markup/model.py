"""The result of rendering: `Rendered` and its parts."""

from dataclasses import dataclass
from typing import Literal

from wiki.markup.slots import without_slots

LINKS_LIMIT = 5_000  # recorded per page; further links work, but are not recorded

# Begins HTML that shows only part of the text. An author's HTML cannot have these classes.
TRUNCATED_MARK = '<div class="admonition warning cut">'

LinkKind = Literal["wiki", "markdown", "embed"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as displayed: `level` is 2 to 6, `id` has no `#`.

    `line` is where it begins in the source, from 0; -1 inside a list, a quote or another block.
    """

    level: int
    id: str
    text: str
    line: int = -1


@dataclass(frozen=True, slots=True)
class InternalLink:
    """An unresolved link to another page: its path or title as written (NFC, stripped)."""

    target: str
    fragment: str
    kind: LinkKind


@dataclass(frozen=True, slots=True)
class Section:
    """The readable text under one heading, without the heading; `id` is empty for the lead.

    Code is in `text` between the marks `CODE_OPEN` and `CODE_CLOSE`.
    """

    id: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """The safe HTML of a text, and everything else that is extracted while rendering it.

    `slotted` is the HTML with its slots marked, to be split and filled for each reader.
    `code` is the text of code blocks and inline code; `body` the prose, inline code included,
    without headings and code blocks; `plain` everything readable, in order, one block a line.
    `tasks` are the source lines, from 0, of the page's checkboxes, in order.
    `is_complete` is false if a limit was exceeded: `slotted` is then the escaped source with a
    note, and outline and sections are empty. `is_overloaded`: the machine was too busy, so another
    attempt may succeed. There are at most `LINKS_LIMIT` `links`. If the text is too long for one
    page, `slotted` and `outline` cover its beginning. `is_disputed`: the second sanitizer removed
    something that the first one had left.
    """

    slotted: str
    links: tuple[InternalLink, ...]
    body: str
    plain: str
    is_complete: bool
    outline: tuple[Heading, ...] = ()
    sections: tuple[Section, ...] = ()
    headings: tuple[str, ...] = ()
    code: str = ""
    tasks: tuple[int, ...] = ()
    is_overloaded: bool = False
    is_disputed: bool = False

    @property
    def html(self) -> str:
        """The sanitized HTML, with slots in their HTML form."""
        return without_slots(self.slotted)


class NestedTooDeep(ValueError):
    """The text nests lists and quotes more deeply than the parser supports."""

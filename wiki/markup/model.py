"""What a rendering is made of."""

from dataclasses import dataclass
from typing import Literal

from wiki.markup.slots import without_slots

LINKS_LIMIT = 5_000  # recorded per page; links beyond that work, but aren't recorded

# Begins HTML that shows less than its text says. No author's text can carry these classes.
TRUNCATED_MARK = '<div class="admonition warning cut">'

LinkKind = Literal["wiki", "markdown", "embed"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as it is displayed: `level` 2 to 6, `id` without `#`.

    `line` is where it begins in the source, from 0; -1 inside a list, a quote or another block.
    """

    level: int
    id: str
    text: str
    line: int = -1


@dataclass(frozen=True, slots=True)
class InternalLink:
    """A link to another page: its path or title as written (NFC, stripped), not yet resolved."""

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
    """Safe HTML of a text, and all else that one reading of it yields.

    `slotted` is the HTML with its slots marked, to be split and filled for each reader.
    `code` is the text of code blocks and inline code; `body` the prose, inline code included,
    without headings and code blocks; `plain` everything readable, in order, one block a line.
    `tasks` are the source lines, from 0, of the page's checkboxes, in order.
    `is_complete` is false when a limit was hit: it is then the escaped source with a note about
    it, and outline and sections are empty. `is_overloaded` says that the machine was too busy and
    the text not to blame, so that another attempt is worthwhile. `links` are at most `LINKS_LIMIT`.
    Of a text too long for one page, `slotted` and `outline` cover its beginning. `is_disputed` says
    that the second sanitizer removed something which the first one had left.
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
        """The HTML with its slots as the sanitizers left them."""
        return without_slots(self.slotted)


class NestedTooDeep(ValueError):
    """The text has more levels of lists and quotes than the parser reads."""

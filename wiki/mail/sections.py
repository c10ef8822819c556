"""What a mail tells of many things: a section for each, with lines that were changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line of a text that was `removed` or `added`: texts, and whether each is marked.

    `is_partial`: the line was there before, or still is, with other words in it.
    """

    kind: str
    spans: Sequence[tuple[str, bool]]
    is_partial: bool


@dataclass(frozen=True, slots=True)
class SectionEntry:
    """One thing in a sentence, where it leads, and what of a text it changed."""

    line: str
    url: str
    excerpt: str = ""
    diff: Sequence[ChangedLine] = ()
    is_cut: bool = False  # there is more of the diff


@dataclass(frozen=True, slots=True)
class MailSection:
    """What happened in one place, under its title."""

    title: str
    url: str
    entries: list[SectionEntry] = field(default_factory=list)

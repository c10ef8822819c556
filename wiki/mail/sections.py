"""The sections of a mail about several places, with the lines that were changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line that was `removed` or `added` (`kind`).

    `spans` are its pieces, each with whether it is highlighted. `is_partial`: only some words of
    the line have changed.
    """

    kind: str
    spans: Sequence[tuple[str, bool]]
    is_partial: bool


@dataclass(frozen=True, slots=True)
class SectionEntry:
    """One event: a sentence, its URL, an excerpt, and the lines that it changed."""

    line: str
    url: str
    excerpt: str = ""
    diff: Sequence[ChangedLine] = ()
    is_cut: bool = False  # `diff` is shortened


@dataclass(frozen=True, slots=True)
class MailSection:
    """The events of one place: its title and URL, and an entry for each."""

    title: str
    url: str
    entries: list[SectionEntry] = field(default_factory=list)

"""Revisions that an import has read but not written yet, and its counts."""

from collections.abc import Collection
from dataclasses import dataclass, field

from wiki.git.history.commits import CommitChanges
from wiki.git.history.import_record import ImportedPage, PageKey
from wiki.hub.markdown_file import MarkdownPage
from wiki.hub.trees.link_rewriting import TextPart
from wiki.pages.maintenance.past_revisions import PastRevision
from wiki.pages.writing.content import Content


class HistoryRewritten(ValueError):
    """What was imported earlier isn’t in the branch any more."""


@dataclass
class HistoryStats:
    """How many commits were read, and what they led to."""

    commits: int = 0
    revisions: int = 0
    pages: int = 0
    files: int = 0
    refused: int = 0
    is_stopped: bool = False


@dataclass
class PendingRevision:
    """A revision to be written; without a `source`, the page is deleted."""

    page: ImportedPage
    key: PageKey
    name: str
    commit: CommitChanges
    path: str = ""
    source: MarkdownPage | None = None
    parts: tuple[TextPart, ...] = ()
    text: str = ""
    before: Content | None = None  # the file’s name before this commit
    former_paths: Collection[str] = ()  # its path, if known

    @property
    def place(self) -> str:
        """The file and the commit, for messages."""
        return f"{self.name} ({self.commit.id[:10]})"


@dataclass
class Prepared:
    """Revisions to be written, with the revision numbers that their pages must still have."""

    revisions: list[PastRevision] = field(default_factory=list)
    onto: dict[int, int] = field(default_factory=dict)

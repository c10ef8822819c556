"""The outcome for each page of a file of changes."""

from dataclasses import dataclass
from enum import StrEnum

from wiki.i18n import Words
from wiki.i18n import lazy as _l


class ChangeOutcome(StrEnum):
    """`SAVED` and `CREATED` made a revision; `MERGED` made one that includes others’ changes."""

    SAVED = "saved"
    MERGED = "merged"
    CREATED = "created"
    UNCHANGED = "unchanged"
    PROPOSED = "proposed"
    CONFLICT = "conflict"
    REFUSED = "refused"


LABELS: dict[ChangeOutcome, Words] = {
    ChangeOutcome.SAVED: _l("saved"),
    ChangeOutcome.MERGED: _l("merged with what others have changed since"),
    ChangeOutcome.CREATED: _l("new page"),
    ChangeOutcome.UNCHANGED: _l("already up to date"),
    ChangeOutcome.PROPOSED: _l("proposed to those who may edit the page"),
    ChangeOutcome.CONFLICT: _l("conflict: others have changed the same lines"),
    ChangeOutcome.REFUSED: _l("not saved"),
}

WHY: dict[str, Words] = {
    "missing": _l("The page has been deleted, or you may not see it any more."),
    "foreign": _l("This change isn’t based on any version of this page."),
    "taken": _l("There is already a page at that path."),
    "twice": _l("The file has this page twice; only the first one was saved."),
    "waiting": _l("Your open proposal has a different text for this page."),
    "closed": _l("You may not write there."),
    "name": _l("The title, the path or a tag isn’t allowed."),
    "too-long": _l("The text is longer than a page may be."),
    "too-many": _l("You have too many open proposals. Withdraw one, then submit the file again."),
    "limit": _l("You have reached the limit for now. Submit the file again later."),
}


@dataclass(frozen=True, slots=True)
class PageResult:
    """A page of the file: its title there, the outcome, and where to look.

    `path` is the page’s path, `draft_id` the draft that keeps a text that wasn’t saved.
    """

    title: str
    outcome: ChangeOutcome
    path: str = ""
    number: int | None = None
    proposal_id: int | None = None
    draft_id: int | None = None
    reason: str = ""

    @property
    def label(self) -> Words:
        return LABELS[self.outcome]

    @property
    def why(self) -> Words | str:
        return WHY[self.reason] if self.reason else ""

    @property
    def is_kept(self) -> bool:
        """Whether the hub has the text, if only as a draft."""
        return not self.is_open or self.draft_id is not None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act on it."""
        return self.outcome in (ChangeOutcome.CONFLICT, ChangeOutcome.REFUSED)

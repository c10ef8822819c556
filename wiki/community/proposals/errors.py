"""Errors about proposals."""


class ProposalNotFound(LookupError):
    """There is no proposal of that number that this viewer may see."""


class NothingProposed(ValueError):
    """The proposal would change nothing."""


class TooManyProposals(ValueError):
    """The author has as many undecided proposals as one person may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} undecided proposals")
        self.limit = limit


class TooManyParts(ValueError):
    """A proposal has as many pages as it may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} pages")
        self.limit = limit


class ProposalDecided(RuntimeError):
    """The proposal isn't open any more: somebody was faster."""


class ProposalAmended(RuntimeError):
    """The proposal isn't the version any more that the person looked at."""

    def __init__(self, version: int) -> None:
        super().__init__(f"now at version {version}")
        self.version = version


class PageUnavailable(RuntimeError):
    """A page of the proposal was deleted, or its text was erased; the proposal waits."""


class FileOvertaken(PageUnavailable):
    """A file that the proposal changes was changed or deleted since; nothing was stored."""


class PageOvertaken(RuntimeError):
    """A page that the part `number` would delete was edited since, or the one that it would rename
    was renamed; nothing was stored."""

    def __init__(self, number: int) -> None:
        super().__init__(f"part {number}")
        self.number = number


class AnswerMissing(ValueError):
    """The author is to be answered, and nothing is said."""


class NothingTaken(ValueError):
    """None of a proposal's changes was chosen."""

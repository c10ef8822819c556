"""Errors about proposals."""


class ProposalNotFound(LookupError):
    """There is no proposal, or part of it, with this number that the viewer may see."""


class NothingProposed(ValueError):
    """The proposal would change nothing."""


class TooManyProposals(ValueError):
    """The author already has `limit` undecided proposals."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} undecided proposals")
        self.limit = limit


class TooManyParts(ValueError):
    """The proposal would have more than `limit` pages."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} pages")
        self.limit = limit


class ProposalDecided(RuntimeError):
    """The proposal has already been decided or withdrawn."""


class ProposalAmended(RuntimeError):
    """The proposal has been changed since the person looked at it; `version` is the current one."""

    def __init__(self, version: int) -> None:
        super().__init__(f"now at version {version}")
        self.version = version


class PageUnavailable(RuntimeError):
    """A page of the proposal was deleted, or its text erased; the proposal stays undecided."""


class FileOvertaken(PageUnavailable):
    """A file of the proposal was changed or deleted since; nothing was stored."""


class PageOvertaken(RuntimeError):
    """The page that part `number` would delete was edited since, or the page that it would rename
    was renamed; nothing was stored."""

    def __init__(self, number: int) -> None:
        super().__init__(f"part {number}")
        self.number = number


class AnswerMissing(ValueError):
    """The answer to the author is empty."""


class NothingTaken(ValueError):
    """None of the proposal's changes was chosen."""

"""Errors about a comment."""


class ThreadNotFound(LookupError):
    """There is no thread with this id that the viewer may read."""


class CommentNotFound(LookupError):
    """There is no comment with this id that the viewer may read."""


class CommentRefused(ValueError):
    """A comment can't be stored.

    `reason` is `empty`, `too-long` or `no-reason`; for its anchor `no-such-words`,
    `no-such-section` or `quote-too-long`. `actual` is the size in bytes of a text that is too long.
    """

    def __init__(self, reason: str, actual: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.actual = actual


class CommentChanged(RuntimeError):
    """The comment was edited in the meantime."""

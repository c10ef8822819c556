"""Errors about a comment."""


class ThreadNotFound(LookupError):
    """No thread with this id that the viewer may read."""


class CommentNotFound(LookupError):
    """No comment with this id that the viewer may read, or do this with."""


class CommentRefused(ValueError):
    """A comment can't be stored; `reason` is `empty`, `too-long`, `no-reason`, or of what it is
    about `no-such-words`, `no-such-section` or `quote-too-long`.

    `actual` is the size of a text that is too long, in bytes.
    """

    def __init__(self, reason: str, actual: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.actual = actual


class CommentChanged(RuntimeError):
    """The comment was edited in the meantime."""

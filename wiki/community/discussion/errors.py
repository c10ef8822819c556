"""What can go wrong with a comment."""


class ThreadNotFound(LookupError):
    """No thread with this id that the viewer may read."""


class CommentNotFound(LookupError):
    """No comment with this id that the viewer may read, or do this with."""


class CommentRefused(ValueError):
    """A comment can't be stored; `reason` is `empty`, `too-long` or `no-such-words`.

    `actual` is the size of a text that is too long, in bytes.
    """

    def __init__(self, reason: str, actual: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.actual = actual

"""Errors about files; `wiki.files.messages` has their messages."""


class FileNotThere(LookupError):
    """There is no such file that this viewer may see."""


class ContentMissing(LookupError):
    """A content to which the database refers is not in the store."""


class StoreUnavailable(RuntimeError):
    """The store can’t read or write contents now."""


class FileRefused(ValueError):
    """A file is refused. `reason` is a key of `wiki.files.messages`."""

    def __init__(self, reason: str, **details: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details

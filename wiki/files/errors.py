"""Errors about files; `wiki.files.messages` words them."""


class FileNotThere(LookupError):
    """There is no such file that this viewer may see."""


class ContentMissing(LookupError):
    """The store lacks a content that the database refers to."""


class StoreUnavailable(RuntimeError):
    """The store can't read or write contents at the moment."""


class FileRefused(ValueError):
    """A file is refused. `reason` is a key of `wiki.files.messages`."""

    def __init__(self, reason: str, **details: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details

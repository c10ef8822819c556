"""What can go wrong with a file; `wiki.files.messages` gives each its words."""


class FileNotThere(LookupError):
    """No file there that this viewer may see."""


class ContentMissing(LookupError):
    """The store doesn't hold a content that the database knows."""


class StoreUnavailable(RuntimeError):
    """The store can't take or give a content now."""


class FileRefused(ValueError):
    """A file that can't be taken. `reason` is a code of `wiki.files.messages`."""

    def __init__(self, reason: str, **details: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details

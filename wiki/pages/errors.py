"""Errors about pages; `wiki.error_pages.texts` gives each its status and its words."""


class PageNotFound(LookupError):
    """No page there that this viewer may see."""

    def __init__(self, path: str = "") -> None:
        super().__init__(path)
        self.path = path


class RevisionNotFound(LookupError):
    """The page has no revision of that number."""


class RevisionErased(LookupError):
    """The text of this revision was erased permanently."""


class PathTaken(ValueError):
    """Another page has this path already, or `is_twice`: two pages of one change would have it."""

    def __init__(self, path: str, *, is_twice: bool = False) -> None:
        super().__init__(path)
        self.path = path
        self.is_twice = is_twice


class PathForbidden(PermissionError):
    """The viewer may not write at this path."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class TextTooLong(ValueError):
    """The text is over the limit; both in bytes of UTF-8."""

    def __init__(self, limit: int, actual: int) -> None:
        super().__init__(f"{actual} of {limit} bytes")
        self.limit = limit
        self.actual = actual


class StaleConfirmation(RuntimeError):
    """The page changed between the question and the answer; ask again."""

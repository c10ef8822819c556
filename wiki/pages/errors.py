"""Errors about pages; `wiki.error_pages.texts` defines their status and messages."""


class PageNotFound(LookupError):
    """There is no such page that this viewer may see."""

    def __init__(self, path: str = "") -> None:
        super().__init__(path)
        self.path = path


class RevisionNotFound(LookupError):
    """The page has no revision with that number."""


class RevisionErased(LookupError):
    """The text of this revision was erased permanently."""


class PathTaken(ValueError):
    """Another page has this path; with `is_twice`, two pages of one change would have it."""

    def __init__(self, path: str, *, is_twice: bool = False) -> None:
        super().__init__(path)
        self.path = path
        self.is_twice = is_twice


class PathForbidden(PermissionError):
    """The viewer may not write a page at this path."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class TextTooLong(ValueError):
    """The text is longer than the limit; both are in bytes of UTF-8."""

    def __init__(self, limit: int, actual: int) -> None:
        super().__init__(f"{actual} of {limit} bytes")
        self.limit = limit
        self.actual = actual


class StaleConfirmation(RuntimeError):
    """The page has changed since the question was shown; ask again."""

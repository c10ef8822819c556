"""What the inspection of a file finds."""

from dataclasses import dataclass

INDEXED_TEXT_LIMIT = 200_000  # characters of `text`, which search knows; a long paper


@dataclass(frozen=True, slots=True)
class Variant:
    """A smaller picture: its width in pixels, its format, and the file it is in."""

    width: int
    media_type: str
    file: str


@dataclass(frozen=True, slots=True)
class InspectionReport:
    """A file that can be taken: its type, and what is to be stored of it.

    `file` is where the cleaned content is; what was sent, when nothing was to be cleaned.
    `text` is what can be read in it.
    """

    media_type: str
    file: str
    text: str = ""
    width: int | None = None
    height: int | None = None
    is_animated: bool = False
    variants: tuple[Variant, ...] = ()


class InspectionFailed(ValueError):
    """A file that can't be taken; `code` is one of `wiki.files.messages`, filled with `details`."""

    def __init__(self, code: str, **details: str) -> None:
        super().__init__(code)
        self.code, self.details = code, details

"""What the inspection of a file finds."""

from dataclasses import dataclass

INDEXED_TEXT_LIMIT = 200_000  # characters of `text`, which search knows; a long paper


@dataclass(frozen=True, slots=True)
class Variant:
    """A smaller picture: its width in pixels, its format, and its file."""

    width: int
    media_type: str
    file: str


@dataclass(frozen=True, slots=True)
class InspectionReport:
    """A file that is taken: its type, and what is to be stored of it.

    `file` is the path of the cleaned content, or of the upload if there was nothing to clean;
    `text` is what it says, for search.
    """

    media_type: str
    file: str
    text: str = ""
    width: int | None = None
    height: int | None = None
    is_animated: bool = False
    variants: tuple[Variant, ...] = ()

"""The result of the inspection of a file."""

from dataclasses import dataclass

INDEXED_TEXT_LIMIT = 200_000  # characters of `text`, which is indexed; a long paper


@dataclass(frozen=True, slots=True)
class Variant:
    """A smaller version of a picture: its width in pixels, its format, and its file."""

    width: int
    media_type: str
    file: str


@dataclass(frozen=True, slots=True)
class InspectionReport:
    """An accepted file: its type, and what to store.

    `file` is the path of the cleaned content, or of the upload if there was nothing to clean;
    `text` is the extracted text for search.
    """

    media_type: str
    file: str
    text: str = ""
    width: int | None = None
    height: int | None = None
    is_animated: bool = False
    variants: tuple[Variant, ...] = ()

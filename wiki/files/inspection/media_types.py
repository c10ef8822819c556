"""The accepted media types, and their detection. Pure.

A type is detected from the first bytes, not from the name. The name only distinguishes texts, which
are all delivered as plain text, and must not claim another type.
"""

import re
from dataclasses import dataclass
from typing import Literal

Family = Literal["picture", "document", "text", "archive"]

PLAIN_TEXT = "text/plain"
SVG = "image/svg+xml"
PDF = "application/pdf"
NOTEBOOK = "application/x-ipynb+json"
MARKDOWN = "text/markdown"
HTML = "text/html"
ZIP = "application/zip"

SIGNATURE_SIZE = 1024  # bytes from which a type is detected


@dataclass(frozen=True, slots=True)
class MediaType:
    """An accepted media type with its usual `extensions`, the most common one first."""

    name: str
    family: Family
    extensions: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_CODE = """
    txt text log csv tsv json jsonl ndjson geojson yaml yml toml ini cfg conf env properties lock
    css scss less js mjs cjs ts tsx jsx vue svelte py pyi pyx java kt kts c h cc cpp hpp cs go rs rb
    php swift scala sh bash zsh fish ps1 sql r dart lua pl ex exs erl hs clj graphql proto diff
    patch tex bib rst adoc org gradle tf nix vim po pot srt vtt http dockerfile makefile gitignore
    editorconfig
"""

MEDIA_TYPES = {
    each.name: each
    for each in (
        MediaType("image/png", "picture", ("png", "apng")),
        MediaType("image/jpeg", "picture", ("jpg", "jpeg", "jpe", "jfif")),
        MediaType("image/gif", "picture", ("gif",)),
        MediaType("image/webp", "picture", ("webp",)),
        MediaType("image/avif", "picture", ("avif",)),
        MediaType(SVG, "picture", ("svg",)),
        MediaType(PDF, "document", ("pdf",)),
        MediaType(f"{_OFFICE}.wordprocessingml.document", "document", ("docx",)),
        MediaType(f"{_OFFICE}.spreadsheetml.sheet", "document", ("xlsx",)),
        MediaType(f"{_OFFICE}.presentationml.presentation", "document", ("pptx",)),
        MediaType(f"{_OPEN}.text", "document", ("odt",)),
        MediaType(f"{_OPEN}.spreadsheet", "document", ("ods",)),
        MediaType(f"{_OPEN}.presentation", "document", ("odp",)),
        MediaType(ZIP, "archive", ("zip",)),
        MediaType("application/gzip", "archive", ("gz", "tgz")),
        MediaType(NOTEBOOK, "text", ("ipynb",)),
        MediaType(MARKDOWN, "text", ("md", "markdown")),
        MediaType(HTML, "text", ("html", "htm", "xhtml", "xml", "xsl")),
        MediaType(PLAIN_TEXT, "text", tuple(_CODE.split())),
    )
}
BY_EXTENSION = {extension: each for each in MEDIA_TYPES.values() for extension in each.extensions}
FAMILIES: tuple[Family, ...] = ("picture", "document", "text", "archive")

# Browsers show these inline, and nothing in them runs: pixels, and plain text.
# SVG is drawn without scripts and without the network by the policy it is served with.
_INLINE = {each.name for each in MEDIA_TYPES.values() if each.family in ("picture", "text")}
INLINE_TYPES = frozenset(_INLINE - {HTML})

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", PDF),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\x1f\x8b\x08", "application/gzip"),
)
_SVG_ROOT = re.compile(
    rb"\s*+(?:<\?xml[^>]*+>\s*+)?+(?:<!--.*?-->\s*+)*+"
    rb"(?:<!DOCTYPE\s+svg[^>\[]*+(?:\[[^\]]*+\]\s*+)?+>\s*+)?+(?:<!--.*?-->\s*+)*+"
    rb"<(?:\w+:)?svg[\s>]",
    re.DOTALL | re.IGNORECASE,
)


def detect_media_type(head: bytes) -> str | None:
    """The type, detected from `SIGNATURE_SIZE` bytes; `None` for text and unknown types."""
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and {b"avif", b"avis"} & {head[8:12], head[16:20], head[20:24]}:
        return "image/avif"
    return None


def is_svg(content: bytes) -> bool:
    """Whether a text begins like an SVG picture."""
    return _SVG_ROOT.match(content.removeprefix(b"\xef\xbb\xbf")[: 16 * SIGNATURE_SIZE]) is not None


def extension_of(name: str) -> str:
    """The lower-case extension of a file name, without its dot.

    For a name without an extension, the name itself: `Makefile`, `.gitignore`.
    """
    return name.rpartition(".")[2].lower()


def family_of(media_type: str) -> Family:
    """The family of a type; unknown types from older releases count as archives."""
    known = MEDIA_TYPES.get(media_type)
    return known.family if known else "archive"


def with_extension(name: str, media_type: str) -> str:
    """`name` with the usual extension of the type, unless its extension is acceptable.

    Texts may have any extension that belongs to no other type.
    """
    known = MEDIA_TYPES[media_type]
    extension = extension_of(name)
    if extension in known.extensions or (
        media_type == PLAIN_TEXT and "." in name and extension not in BY_EXTENSION
    ):
        return name
    stem, dot, _ = name.rpartition(".")
    is_extension = bool(dot and stem) and extension in BY_EXTENSION
    return f"{stem if is_extension else name}.{known.extensions[0]}"

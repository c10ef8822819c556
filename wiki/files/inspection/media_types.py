"""Which kinds of file are taken, and how a content tells its kind. Pure.

A type is told by its first bytes, never by its name. The name only chooses among texts, which all
are served as plain text, and must not claim to be something else.
"""

import re
from dataclasses import dataclass
from typing import Literal

Family = Literal["picture", "document", "text", "archive"]

TEXT = "text/plain"
SVG = "image/svg+xml"
PDF = "application/pdf"
NOTEBOOK = "application/x-ipynb+json"
MARKDOWN = "text/markdown"
MARKUP = "text/html"
ZIP = "application/zip"

HEAD = 1024  # bytes by which a type is told


@dataclass(frozen=True, slots=True)
class MediaType:
    """A kind of file that is taken; `endings` of its name, the usual one first."""

    name: str
    family: Family
    endings: tuple[str, ...]


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
        MediaType(MARKUP, "text", ("html", "htm", "xhtml", "xml", "xsl")),
        MediaType(TEXT, "text", tuple(_CODE.split())),
    )
}
BY_ENDING = {ending: each for each in MEDIA_TYPES.values() for ending in each.endings}
FAMILIES: tuple[Family, ...] = ("picture", "document", "text", "archive")

# A browser that is led to them shows them, and nothing in them runs: pixels, and plain text.
# SVG is drawn without scripts and without the network by the policy it is served with.
_SHOWN = {each.name for each in MEDIA_TYPES.values() if each.family in ("picture", "text")}
SHOWN = frozenset(_SHOWN - {MARKUP})

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


def signature_of(head: bytes) -> str | None:
    """The media type that the first `HEAD` bytes tell; `None` for text and for the unknown."""
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and {b"avif", b"avis"} & {head[8:12], head[16:20], head[20:24]}:
        return "image/avif"
    return None


def is_svg(content: bytes) -> bool:
    """Whether a text begins as an SVG picture does."""
    return _SVG_ROOT.match(content.removeprefix(b"\xef\xbb\xbf")[: 16 * HEAD]) is not None


def ending_of(name: str) -> str:
    """The ending of a file's name in small letters, without its dot.

    A name without one is its own: `Makefile`, `.gitignore`.
    """
    return name.rpartition(".")[2].lower()


def family_of(media_type: str) -> Family:
    """Unknown ones, which only an older Nexus could have stored, count as archives."""
    known = MEDIA_TYPES.get(media_type)
    return known.family if known else "archive"


def with_ending(name: str, media_type: str) -> str:
    """`name` with the usual ending of the type, unless it has one that fits.

    A text may have any ending that no other kind has.
    """
    known = MEDIA_TYPES[media_type]
    ending = ending_of(name)
    if ending in known.endings or (media_type == TEXT and "." in name and ending not in BY_ENDING):
        return name
    stem, dot, _ = name.rpartition(".")
    is_ending = bool(dot and stem) and ending in BY_ENDING
    return f"{stem if is_ending else name}.{known.endings[0]}"

"""The process that inspects one file; `sandbox` starts it and limits its time."""

import codecs
import dataclasses
import json
import resource
import sys
from collections.abc import Mapping
from pathlib import Path

from wiki.child_process import limit_memory
from wiki.files.errors import FileRefused
from wiki.files.inspection import media_types
from wiki.files.inspection.report import INDEXED_TEXT_LIMIT, InspectionReport

# Bytes of address space; a picture of 40 megapixels takes 600 MB.
INSPECTION_MEMORY_LIMIT = 1536 * 1024 * 1024
OUTPUT_LIMIT = 200 * 1024 * 1024  # bytes of one written file


def main() -> None:
    """Inspect a file; the last arguments are the file, its name and a folder for the results.

    Prints a JSON object: the fields of an `InspectionReport`, or `{"unfit": code, "details": {…}}`.
    """
    limit_memory(INSPECTION_MEMORY_LIMIT)
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_LIMIT, OUTPUT_LIMIT))
    source, name, folder = sys.argv[-3:]
    try:
        answer = dataclasses.asdict(inspect_content(Path(source), name, Path(folder)))
    except FileRefused as error:
        answer = _unfit(error.reason, error.details)
    except (MemoryError, RecursionError):
        answer = _unfit("too-complex")
    except Exception as error:  # libraries raise all kinds of errors for broken files
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        answer = _unfit("damaged")
    json.dump(answer, sys.stdout)


def _unfit(code: str, details: Mapping[str, object] | None = None) -> dict[str, object]:
    return {"unfit": code, "details": dict(details or {})}


def inspect_content(source: Path, name: str, folder: Path) -> InspectionReport:
    """What the file is, and what to store of it.

    Raises `FileRefused`, and what libraries raise.
    """
    with source.open("rb") as file:
        head = file.read(media_types.SIGNATURE_SIZE)
    extension = media_types.extension_of(name)
    media_type = media_types.detect_media_type(head)
    if media_type is None and extension == "pdf" and b"%PDF-" in head:
        media_type = media_types.PDF  # readers skip anything before the header
    claimed = media_types.BY_EXTENSION.get(extension)
    if media_type is None:
        return _inspect_text(source, extension, folder)
    if media_type == media_types.ZIP:
        from wiki.files.inspection.archives import zip_media_type  # noqa: PLC0415

        media_type = zip_media_type(source)
    if claimed is not None and claimed.family != media_types.family_of(media_type):
        # A zip named .docx is a document, but a program named .txt is not a text.
        raise _mismatch(extension, media_type)
    if media_type.startswith("image/"):
        from wiki.files.inspection.pictures import inspect_picture  # noqa: PLC0415

        return inspect_picture(source, media_type, folder)
    if media_type == media_types.PDF:
        from wiki.files.inspection.pdf import inspect_pdf  # noqa: PLC0415

        return InspectionReport(
            media_type, str(source), text=inspect_pdf(source)[:INDEXED_TEXT_LIMIT]
        )
    return InspectionReport(media_type, str(source))


def _inspect_text(source: Path, extension: str, folder: Path) -> InspectionReport:
    from wiki.files.inspection.text_encoding import decode_text  # noqa: PLC0415

    content = source.read_bytes()
    claimed = media_types.BY_EXTENSION.get(extension)
    is_text = claimed is not None and claimed.family == "text"
    try:
        text = decode_text(content)
    except FileRefused as error:
        # If the name doesn't promise a text, the problem is the type.
        raise error if is_text else FileRefused("unknown-type") from error
    if (claimed is None or claimed.family == "picture") and media_types.is_svg(text.encode()):
        from wiki.files.inspection.svg import inspect_svg  # noqa: PLC0415

        return inspect_svg(text.encode(), folder)
    if claimed is not None and not is_text:
        raise _mismatch(extension, media_types.PLAIN_TEXT)
    kept = source
    if text.encode() != content.removeprefix(codecs.BOM_UTF8):
        # It is delivered as UTF-8, with a byte order mark for spreadsheets.
        kept = folder / "text"
        kept.write_bytes(codecs.BOM_UTF8 + text.encode())
    if claimed is not None and claimed.name == media_types.NOTEBOOK:
        from wiki.files.inspection.notebooks import notebook_text  # noqa: PLC0415

        text = notebook_text(text)
    return InspectionReport(
        claimed.name if claimed else media_types.PLAIN_TEXT,
        str(kept),
        text=text[:INDEXED_TEXT_LIMIT],
    )


def _mismatch(extension: str, media_type: str) -> FileRefused:
    return FileRefused(
        "mismatch", extension=extension, actual=media_types.MEDIA_TYPES[media_type].extensions[0]
    )

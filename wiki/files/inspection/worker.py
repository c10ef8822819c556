"""The process that looks into one file; `sandbox` starts it with limits on memory and time."""

import codecs
import dataclasses
import json
import resource
import sys
from collections.abc import Mapping
from pathlib import Path

from wiki.files.inspection import media_types
from wiki.files.inspection.report import InspectionFailed, InspectionReport

MEMORY_LIMIT = 1536 * 1024 * 1024  # bytes of address space; a picture of 40 megapixels takes 600 MB
OUTPUT_LIMIT = 200 * 1024 * 1024  # bytes of one file that is written
TEXT_LIMIT = 200_000  # characters that go into search; a long paper


def main() -> None:
    """Examine `argv[1]`, sent under the name `argv[2]`; write what is made into `argv[3]`.

    Prints a JSON object: the fields of a `InspectionReport`, or `{"unfit": code, "details": {…}}`.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_LIMIT, OUTPUT_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, name, folder = sys.argv[-3:]
    try:
        answer = dataclasses.asdict(examine(Path(source), name, Path(folder)))
    except InspectionFailed as error:
        answer = _unfit(error.code, error.details)
    except (MemoryError, RecursionError):
        answer = _unfit("too-complex")
    except Exception as error:  # the libraries raise whatever a broken file makes them raise
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        answer = _unfit("damaged")
    json.dump(answer, sys.stdout)


def _unfit(code: str, details: Mapping[str, str] | None = None) -> dict[str, object]:
    return {"unfit": code, "details": dict(details or {})}


def examine(source: Path, name: str, folder: Path) -> InspectionReport:
    """What the file is and what to store of it.

    Raises `InspectionFailed`, and what libraries raise.
    """
    with source.open("rb") as file:
        head = file.read(media_types.HEAD)
    ending = media_types.ending_of(name)
    media_type = media_types.signature_of(head)
    if media_type is None and ending == "pdf" and b"%PDF-" in head:
        media_type = media_types.PDF  # every reader skips what stands before it
    claimed = media_types.BY_ENDING.get(ending)
    if media_type is None:
        return _examine_text(source, ending, folder)
    if media_type == media_types.ZIP:
        from wiki.files.inspection.archives import office_type  # noqa: PLC0415

        media_type = office_type(source)
    if claimed is not None and claimed.family != media_types.family_of(media_type):
        # A zip that is called .docx is one; a program that is called .txt is none.
        raise _mismatch(ending, media_type)
    if media_type.startswith("image/"):
        from wiki.files.inspection.pictures import examine_picture  # noqa: PLC0415

        return examine_picture(source, media_type, folder)
    if media_type == media_types.PDF:
        from wiki.files.inspection.pdf import examine_pdf  # noqa: PLC0415

        return InspectionReport(media_type, str(source), text=examine_pdf(source)[:TEXT_LIMIT])
    return InspectionReport(media_type, str(source))


def _examine_text(source: Path, ending: str, folder: Path) -> InspectionReport:
    from wiki.files.inspection.texts import decoded  # noqa: PLC0415

    content = source.read_bytes()
    claimed = media_types.BY_ENDING.get(ending)
    is_text = claimed is not None and claimed.family == "text"
    try:
        text = decoded(content)
    except InspectionFailed as error:
        # Of a name that doesn't promise a text, it is the kind that isn't taken.
        raise error if is_text else InspectionFailed("unknown-type") from error
    if (claimed is None or claimed.family == "picture") and media_types.is_svg(text.encode()):
        from wiki.files.inspection.svg import examine_svg  # noqa: PLC0415

        return examine_svg(text.encode(), folder)
    if claimed is not None and not is_text:
        raise _mismatch(ending, media_types.TEXT)
    kept = source
    if text.encode() != content.removeprefix(codecs.BOM_UTF8):
        # It is served as UTF-8; with a mark, by which spreadsheets know it too.
        kept = folder / "text"
        kept.write_bytes(codecs.BOM_UTF8 + text.encode())
    if claimed is not None and claimed.name == media_types.NOTEBOOK:
        from wiki.files.inspection.notebooks import notebook_text  # noqa: PLC0415

        text = notebook_text(text)
    return InspectionReport(
        claimed.name if claimed else media_types.TEXT, str(kept), text=text[:TEXT_LIMIT]
    )


def _mismatch(ending: str, media_type: str) -> InspectionFailed:
    return InspectionFailed(
        "mismatch", ending=ending, actual=media_types.MEDIA_TYPES[media_type].endings[0]
    )

"""The process that looks into one file; `sandbox` starts it with limits on memory and time."""

import dataclasses
import json
import re
import resource
import sys
from pathlib import Path

from wiki.files import mediatypes
from wiki.files.examining.report import Report, Unfit

MEMORY_LIMIT = 1536 * 1024 * 1024  # bytes of address space; a picture of 40 megapixels takes 600 MB
OUTPUT_LIMIT = 200 * 1024 * 1024  # bytes of one file that is written
# Controls that no text has; ESC colours the logs of terminals.
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
TEXT_LIMIT = 200_000  # characters that go into search; a long paper


def main() -> None:
    """Examine `argv[1]`, sent under the name `argv[2]`; write what is made into `argv[3]`.

    Prints a JSON object: the fields of a `Report`, or `{"unfit": code}`.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_LIMIT, OUTPUT_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, name, folder = sys.argv[-3:]
    try:
        answer = dataclasses.asdict(examine(Path(source), name, Path(folder)))
    except Unfit as error:
        answer = {"unfit": str(error)}
    except (MemoryError, RecursionError):
        answer = {"unfit": "too-complex"}
    except Exception as error:  # the libraries raise whatever a broken file makes them raise
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        answer = {"unfit": "damaged"}
    json.dump(answer, sys.stdout)


def examine(source: Path, name: str, folder: Path) -> Report:
    """What the file is and what is to be stored of it. Raises `Unfit` and what libraries raise."""
    with source.open("rb") as file:
        media_type = mediatypes.signature_of(file.read(mediatypes.HEAD))
    ending = mediatypes.ending_of(name)
    claimed = mediatypes.BY_ENDING.get(ending)
    if media_type is None:
        return _examine_text(source, name, ending, folder)
    if media_type == mediatypes.ZIP:
        from wiki.files.examining.archives import office_type  # noqa: PLC0415

        media_type = office_type(source)
    if claimed is not None and claimed.family != mediatypes.family_of(media_type):
        # A zip that is called .docx is one; a program that is called .txt is none.
        raise Unfit("mismatch")
    if media_type.startswith("image/"):
        from wiki.files.examining.pictures import examine_picture  # noqa: PLC0415

        return examine_picture(source, media_type, folder)
    if media_type == mediatypes.PDF:
        from wiki.files.examining.pdf import examine_pdf  # noqa: PLC0415

        return Report(media_type, str(source), text=examine_pdf(source)[:TEXT_LIMIT])
    return Report(media_type, str(source))


def _examine_text(source: Path, name: str, ending: str, folder: Path) -> Report:
    content = source.read_bytes()
    text = _decoded(content)
    claimed = mediatypes.BY_ENDING.get(ending)
    is_picture = claimed is None or claimed.family == "picture"
    if is_picture and mediatypes.is_svg(content):
        from wiki.files.examining.svg import examine_svg  # noqa: PLC0415

        return examine_svg(content, folder)
    if claimed is None:
        # A name without an ending is somebody's LICENSE or notes; others are to be named.
        if "." in name.lstrip("."):
            raise Unfit("unknown-type")
        claimed = mediatypes.MEDIA_TYPES[mediatypes.TEXT]
    if claimed.family != "text":
        raise Unfit("mismatch")
    if claimed.name == mediatypes.NOTEBOOK:
        from wiki.files.examining.notebooks import notebook_text  # noqa: PLC0415

        text = notebook_text(text)
    return Report(claimed.name, str(source), text=text[:TEXT_LIMIT])


def _decoded(content: bytes) -> str:
    """The content as text. Raises `Unfit` for what is none."""
    if _NO_TEXT.search(content):
        raise Unfit("unknown-type")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unfit("unknown-type") from error

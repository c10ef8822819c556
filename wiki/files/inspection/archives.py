"""Inspects zip archives by the names in their directory, without unpacking anything."""

import re
import zipfile
from pathlib import Path

from wiki.files.errors import FileRefused
from wiki.files.inspection.media_types import BY_EXTENSION, MEDIA_TYPES, ZIP

ENTRIES_LIMIT = 100_000  # names; a longer directory is meant to exhaust its reader
_MARKS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
# Macros: anywhere in Microsoft documents, in certain folders of OpenDocument.
_PROGRAMS = re.compile(r"(?:^|/)vbaproject\.bin$|(?:^|/)activex/|^(?:basic|scripts)/.")


def zip_media_type(source: Path) -> str:
    """The media type of a zip archive, or of the office document that it contains.

    Raises `FileRefused`: `damaged`, `too-complex`, `macros` (programs that may run when the
    document is opened).
    """
    try:
        with zipfile.ZipFile(source) as archive:
            infos = archive.infolist()
            kind = _declared(archive, infos)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
        raise FileRefused("damaged") from error
    if len(infos) > ENTRIES_LIMIT:
        raise FileRefused("too-complex")
    names = {info.filename.lower() for info in infos}
    office = next((ending for mark, ending in _MARKS.items() if mark in names), None)
    if office is not None:
        kind = BY_EXTENSION[office].name
    if kind != ZIP and any(map(_PROGRAMS.search, names)):
        raise FileRefused("macros")
    return kind


def _declared(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> str:
    """The type in the first, uncompressed entry of an OpenDocument; otherwise a plain zip."""
    first = infos[0] if infos else None
    if first is None or first.filename != "mimetype" or first.compress_type != zipfile.ZIP_STORED:
        return ZIP
    with archive.open(first) as file:
        declared = file.read(100).decode("ascii", "replace").strip()
    is_known = declared in MEDIA_TYPES and MEDIA_TYPES[declared].family == "document"
    return declared if is_known else ZIP

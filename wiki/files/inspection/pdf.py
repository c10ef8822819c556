"""Inspects PDFs: whether they are valid, whether they run scripts, and their text."""

import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from wiki.files.errors import FileRefused

TEXT_PAGES_LIMIT = 300  # pages whose text is read
TEXT_TIME_LIMIT = 5.0  # seconds; only the text read by then is indexed
SCAN_TIME_LIMIT = 15.0  # seconds to scan all objects

# Actions that run a program; each needs one of these entries to do so
# (ISO 32000-2, 12.6.4.6 Launch, 12.6.4.14 Rendition, 12.6.4.17 ECMAScript).
_RUNNING = {
    "/JavaScript": ("/JS",),
    "/Rendition": ("/JS",),
    "/Launch": ("/F", "/Win", "/Mac", "/Unix"),
}
# A URL that is a script (12.6.4.8, URI), without the characters that browsers skip in it (WHATWG
# URL, 4.4). Printed web pages are full of harmless ones: `javascript:void(0)`.
_PROGRAM = re.compile(
    r"(?:javascript|vbscript):(?!(?:void\s*\(?\s*0?\s*\)?|undefined|false)?[\s;]*$)", re.IGNORECASE
)
# Entities could hide a script.
_FORM_PROGRAM = re.compile(rb"<(?:[\w.-]+:)?script\b|<!DOCTYPE", re.IGNORECASE)
_SKIPPED = re.compile(r"^[\x00-\x20]+|[\t\n\r]+")


def inspect_pdf(source: Path) -> str:
    """The text of the first pages, as much as can be read in `TEXT_TIME_LIMIT`.

    Raises `FileRefused`: `damaged`, `encrypted` (so it can’t be checked), `scripts`, `too-complex`.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it logs every irregularity
    try:
        reader = PdfReader(source)
        # A file only protected against printing or copying opens with an empty password.
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileRefused("encrypted")
        count = len(reader.pages)
    except NotImplementedError as error:  # such as encryption by certificates
        raise FileRefused("encrypted") from error
    except PyPdfError as error:
        raise FileRefused("damaged") from error
    end = time.monotonic() + SCAN_TIME_LIMIT
    for found in _objects(reader, source):
        if _runs_something(found) or _has_form_script(found):
            raise FileRefused("scripts")
        if time.monotonic() > end:
            raise FileRefused("too-complex")
    return _text(reader, count)


def _objects(reader: PdfReader, source: Path) -> Iterator[Any]:
    """Every object in the current version of the file, with its direct contents.

    Includes unreachable objects, which a script might still reach. Raises `FileRefused`
    (`too-complex`) for an object that exists but can’t be read, since other programs may be able
    to.
    """
    numbers = {(number, gen) for gen, numbers in reader.xref.items() for number in numbers}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    waiting: list[Any] = [reader.trailer]
    for number, generation in sorted(numbers):
        try:
            waiting.append(reader.get_object(IndirectObject(number, generation, reader)))
        except Exception as error:
            if (number in reader.xref_objStm and not generation) or _is_there(
                source, number, generation
            ):
                raise FileRefused("too-complex") from error
            continue
        while waiting:
            found = waiting.pop()
            yield found
            # Raw values, since indirect objects are visited by their number.
            if isinstance(found, DictionaryObject):
                waiting += dict.values(found)
            elif isinstance(found, ArrayObject):
                waiting += list.__iter__(found)


def _is_there(source: Path, number: int, generation: int) -> bool:
    """Whether the file contains an object of its table; in many files some are missing."""
    start = rf"(?:\A|\s|endobj){number}\s+{generation}\s+obj".encode()
    return re.search(start, source.read_bytes()) is not None


def _has_form_script(found: Any) -> bool:
    """Whether it is an XML form (XFA 3.3, 8) with a script.

    Raises `FileRefused`.
    """
    if not isinstance(found, DictionaryObject) or "/XFA" not in found:
        return False
    try:
        form = found["/XFA"]
        parts = [part.get_object() for part in form] if isinstance(form, ArrayObject) else [form]
        xml = b"".join(part.get_data() for part in parts if isinstance(part, StreamObject))
    except Exception as error:
        raise FileRefused("too-complex") from error
    return _FORM_PROGRAM.search(xml.replace(b"\0", b"")) is not None


def _runs_something(found: Any) -> bool:
    if not isinstance(found, DictionaryObject):
        return False
    try:
        kind = str(found.get("/S"))
        if kind == "/URI":
            return _is_program(found.get("/URI"))
    except Exception:  # an unreadable action can't run
        return False
    return any(entry in found for entry in _RUNNING.get(kind, ()))


def _is_program(address: Any) -> bool:
    """Whether the URL of a link is a script."""
    if isinstance(address, IndirectObject):
        address = address.get_object()
    text = address.decode("latin-1") if isinstance(address, bytes) else str(address)
    return _PROGRAM.match(_SKIPPED.sub("", text)) is not None


def _text(reader: PdfReader, count: int) -> str:
    end = time.monotonic() + TEXT_TIME_LIMIT
    parts = []
    for number in range(min(count, TEXT_PAGES_LIMIT)):
        if time.monotonic() > end:
            break
        try:
            parts.append(reader.pages[number].extract_text())
        except Exception:  # noqa: S112  # an unreadable page must not hide the others
            continue
    return "\n\n".join(parts)

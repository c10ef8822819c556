"""PDF: is it one, does something run when it is opened, and what can be read in it."""

import logging
import re
import time
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from wiki.files.examining.report import Unfit

PAGES_LIMIT = 300  # pages whose text is read
READING_TIME = 5.0  # seconds; what has been read until then goes into search

# What runs a program: an action of this kind names it so (ISO 32000-2, 12.6.4.17 and 12.6.4.6).
# A name may spell any of its letters as #xx.
_RUNNING = ("JavaScript", "Launch")
_NAMES = re.compile(
    "|".join(
        "/" + "".join(f"(?:{letter}|#{ord(letter):02x}|#{ord(letter):02X})" for letter in name)
        for name in _RUNNING
    ).encode()
    + rb"(?![A-Za-z0-9])"
)


def examine_pdf(source: Path) -> str:
    """The text of its first pages, as much as can be read in `READING_TIME`.

    Raises `Unfit`: `damaged`, `encrypted` (nobody can tell what is in it), `scripts`.
    """
    logging.disable(logging.CRITICAL)  # pypdf tells of every oddity it reads over
    if _NAMES.search(source.read_bytes()):
        raise Unfit("scripts")
    try:
        reader = PdfReader(source)
        if reader.is_encrypted:
            raise Unfit("encrypted")
        if _runs_something(reader):
            raise Unfit("scripts")
        count = len(reader.pages)
    except PyPdfError as error:
        raise Unfit("damaged") from error
    return _text(reader, count)


def _runs_something(reader: PdfReader) -> bool:
    """Whether an action stands in a compressed stream of objects, where the bytes don't show it."""
    for number in {container for container, _ in reader.xref_objStm.values()}:
        stream = reader.get_object(number)
        data = getattr(stream, "get_data", bytes)()
        if _NAMES.search(data):
            return True
    return False


def _text(reader: PdfReader, count: int) -> str:
    end = time.monotonic() + READING_TIME
    parts = []
    for number in range(min(count, PAGES_LIMIT)):
        if time.monotonic() > end:
            break
        try:
            parts.append(reader.pages[number].extract_text())
        except Exception:  # noqa: S112  # a page that can't be read hides no other one
            continue
    return "\n\n".join(parts)

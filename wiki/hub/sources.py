"""What can be imported: a folder or a zip of Markdown files, rows of JSON.

Whatever is wrong with one file or row is told as an entry of its own and stops none of the others.
"""

import gzip
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from wiki.config import TEXT_LIMIT
from wiki.hub.markdownfile import OWN_NAMES, PageSource, is_page_file, read_page
from wiki.hub.packed import Unreadable, open_member, open_zip
from wiki.pages.frontmatter import HEADER_LIMIT
from wiki.pages.kinds import KINDS

FILE_LIMIT = TEXT_LIMIT + HEADER_LIMIT * 4  # bytes
ROW_LIMIT = TEXT_LIMIT * 6 + 100_000  # bytes of a JSON row; `\u00e9` takes six for two
ZIP_FILES_LIMIT = 200_000  # entries; a list longer than this is built to exhaust memory

_ROWS = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")


class NothingToImport(ValueError):
    """The path is no folder, no zip and no rows of JSON: `missing`, `format` or `damaged`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file or row: a page, or why there is none.

    `origin` is the file's name or the row's line, `reason` a code: `not-utf8`, `too-long`,
    `unreadable`, `locked`, `not-json`, `no-text`, `no-path`, `unsafe-name`, `truncated`. A file
    that isn't Markdown has neither page nor reason.
    """

    origin: str
    page: PageSource | None = None
    reason: str | None = None


def entries_of(path: Path) -> Iterator[Entry]:
    """The entries at `path`, in the order of their names or lines. Raises `NothingToImport`."""
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        raise NothingToImport("missing")
    if path.name.lower().endswith(_ROWS):
        return _rows(path)
    if zipfile.is_zipfile(path):
        return _zip(path)
    raise NothingToImport("format")


def _folder(root: Path) -> Iterator[Entry]:
    for folder, folders, files in os.walk(root):
        # .git, .obsidian and the like hold no pages.
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for file in sorted(files):
            full = Path(folder, file)
            name = full.relative_to(root).as_posix()
            if file.startswith(".") or not is_page_file(file) or full.is_symlink():
                yield Entry(_printable(name))
                continue
            try:
                with full.open("rb") as stream:
                    yield _file(name, stream.read(FILE_LIMIT + 1))
            except OSError:
                yield Entry(_printable(name), reason="unreadable")


def _zip(path: Path) -> Iterator[Entry]:
    try:
        archive = open_zip(path)
    except Unreadable as error:
        raise NothingToImport("damaged") from error
    return _members(archive)


def _members(archive: zipfile.ZipFile) -> Iterator[Entry]:
    with archive:
        infos = sorted(archive.infolist()[:ZIP_FILES_LIMIT], key=lambda info: info.filename)
        for info in infos:
            if not info.is_dir():
                yield _zipped(archive, info)


def _zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    name = info.filename
    parts = name.split("/")
    # Nothing is unpacked onto the disk; a name that tries to leave is no page's name either.
    if name.startswith("/") or "\\" in name or {"..", ".", ""} & set(parts):
        return Entry(_printable(name), reason="unsafe-name")
    if not is_page_file(name) or any(part.startswith((".", "__MACOSX")) for part in parts):
        return Entry(_printable(name))
    try:
        # The size in the directory is a claim: what counts is what comes out.
        with open_member(archive, info) as stream:
            return _file(name, stream.read(FILE_LIMIT + 1))
    except Unreadable as error:
        return Entry(_printable(name), reason=error.reason)


def _file(name: str, raw: bytes) -> Entry:
    shown = _printable(name)
    if len(raw) > FILE_LIMIT:
        return Entry(shown, reason="too-long")
    try:
        text, name = raw.decode("utf-8"), name.encode().decode()
    except UnicodeError:
        return Entry(shown, reason="not-utf8")
    return Entry(shown, read_page(name, text))


def _rows(path: Path) -> Iterator[Entry]:
    is_packed = path.name.lower().endswith(".gz")
    with gzip.open(path, "rb") if is_packed else path.open("rb") as stream:
        yield from _lines(stream)  # type: ignore[arg-type]  # both give bytes by the line


def _lines(stream: BinaryIO) -> Iterator[Entry]:
    number = 0
    while True:
        number += 1
        origin = f"line {number}"
        try:
            line = stream.readline(ROW_LIMIT + 1)
            is_long = len(line) > ROW_LIMIT
            while len(line) > ROW_LIMIT and not line.endswith(b"\n"):
                line = stream.readline(ROW_LIMIT + 1)
        except (OSError, EOFError, zlib.error):
            yield Entry(origin, reason="truncated")
            return
        if is_long:
            yield Entry(origin, reason="too-long")
        elif not line:
            return
        elif line.strip():
            yield _row(origin, line)


def _row(origin: str, line: bytes) -> Entry:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeError:
        return Entry(origin, reason="not-utf8")
    except (ValueError, RecursionError):
        return Entry(origin, reason="not-json")
    if not isinstance(row, dict):
        return Entry(origin, reason="not-json")
    text, title, path = (row.get(name) for name in ("text", "title", "path"))
    if not isinstance(text, str):
        return Entry(origin, reason="no-text")
    title = title.strip() if isinstance(title, str) else ""
    path = path.strip() if isinstance(path, str) else ""
    if not title and not path:
        return Entry(origin, reason="no-path")
    kind, tags, fields = (row.get(name) for name in ("kind", "tags", "fields"))
    return Entry(
        origin,
        PageSource(
            path=path,
            text=text,
            title=title or None,
            kind=kind if isinstance(kind, str) and kind in KINDS else None,
            tags=tuple(filter(_is_text, tags)) if isinstance(tags, list) else None,
            fields=_fields(fields),
            fallback_title=path.rpartition("/")[2].replace("-", " ").capitalize(),
        ),
    )


def _fields(fields: Any) -> dict[str, str | list[str]]:
    if not isinstance(fields, dict):
        return {}
    return {
        name: value
        for name, value in fields.items()
        if name not in OWN_NAMES
        and (_is_text(value) or (isinstance(value, list) and all(map(_is_text, value))))
    }


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _printable(name: str) -> str:
    """A name as it may be written to a terminal."""
    return name.encode(errors="replace").decode() if name.isprintable() else ascii(name)

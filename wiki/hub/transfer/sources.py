"""What can be imported: a folder or zip of Markdown files, or JSON rows.

An invalid file or row becomes an entry with a reason and doesn’t stop the import.
"""

import gzip
import json
import posixpath
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from wiki.config import PAGE_TEXT_LIMIT
from wiki.hub.markdown_file import (
    MarkdownPage,
    is_page_file,
    path_of_file,
    read_markdown_page,
)
from wiki.hub.trees.archive_reader import SourceTree, Unreadable, open_tree
from wiki.hub.trees.categories import is_category
from wiki.hub.trees.layout import TreeLayout
from wiki.hub.trees.link_rewriting import TextPart, parts_of, parts_of_row
from wiki.hub.trees.page_file import text_in
from wiki.hub.trees.site_order import by_number, with_position
from wiki.kinds.current import all_kinds
from wiki.pages.writing.frontmatter import RESERVED_FIELDS

# Bytes of a JSON row; `\u00e9` takes six bytes instead of two.
ROW_LIMIT = PAGE_TEXT_LIMIT * 6 + 100_000

_ROW_SUFFIXES = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")


class NothingToImport(ValueError):
    """The path isn’t a readable folder, zip or file of JSON rows.

    `reason` is `missing`, `format`, `damaged` or `too-many-files`.
    """


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One file or row: a page, or the reason why it isn’t one.

    `origin` is the file’s name or the row’s line. `reason` is a code: one of `Unreadable`,
    `name-not-utf8`, `left-out`, or for a row `too-long`, `not-utf8`, `not-json`, `no-text`,
    `no-path`, `truncated`. A file other than Markdown has neither page nor reason. `parts` are
    the text of a page, split at references to files of its folder. A file that isn’t a page may
    have a `warning`, also a code.
    """

    origin: str
    page: MarkdownPage | None = None
    reason: str | None = None
    parts: tuple[TextPart, ...] = ()
    warning: str | None = None


@contextmanager
def tree_at(path: Path) -> Iterator[SourceTree | None]:
    """The folder or zip at `path`; `None` for JSON rows. Raises `NothingToImport`."""
    if not path.is_dir():
        if not path.is_file():
            raise NothingToImport("missing")
        if path.name.lower().endswith(_ROW_SUFFIXES):
            yield None
            return
        if not zipfile.is_zipfile(path):
            raise NothingToImport("format")
    with ExitStack() as stack:
        try:
            tree = stack.enter_context(open_tree(path))
        except Unreadable as error:
            is_long = error.reason == "too-many-files"
            raise NothingToImport(error.reason if is_long else "damaged") from error
        yield tree


def entries_of_tree(
    tree: SourceTree,
    without: Collection[str] = (),
    attached: Collection[str] = (),
    renumbered: Mapping[int, str] = MappingProxyType({}),
) -> Iterator[SourceEntry]:
    """The entries of a folder or zip, sorted by name, except the files `without`.

    `attached` are the attached files of an export, which aren’t entries; `renumbered` are those
    among them that can’t keep their ids, by id.
    """
    left_out = {*without, *attached}
    found = [each for each in tree.files() if each.name not in left_out]
    names = [each.name for each in found if not each.reason]
    layout = TreeLayout(tree, names, attached, renumbered)
    for name, reason in found:
        shown = printable(name)
        if reason:
            yield SourceEntry(shown, reason=reason)
        elif is_page_file(name) and not name.rpartition("/")[2].startswith("."):
            yield _page(tree, layout, name)
        elif is_category(name):
            yield _category(layout, name)
        else:
            yield SourceEntry(shown)


def _page(tree: SourceTree, layout: TreeLayout, name: str) -> SourceEntry:
    shown = printable(name)
    try:
        name.encode()
    except UnicodeError:
        return SourceEntry(shown, reason="name-not-utf8")
    try:
        with tree.open(name) as stream:
            text = text_in(stream)
    except Unreadable as error:
        return SourceEntry(shown, reason=error.reason)
    page = read_markdown_page(name, text, layout.path_of(name))
    page = with_position(page, layout.positions.get(name))
    return SourceEntry(shown, page, parts=parts_of(page, name, layout))


def _category(layout: TreeLayout, name: str) -> SourceEntry:
    """A Docusaurus category file: the page of its folder, if that has none and another name."""
    shown, folder = printable(name), posixpath.dirname(name)
    said_in, category = layout.categories.get(folder, ("", None))
    if said_in != name:
        return SourceEntry(shown)
    if category is None:
        return SourceEntry(shown, warning="category")
    if not (category.label or category.description) or layout.page_of_folder(folder):
        return SourceEntry(shown)
    index = f"{folder}/index.md"
    page = read_markdown_page(index, "", path_of_file(index))
    page = replace(page, text=category.description, title=category.label or None)
    positions = by_number([index])
    return SourceEntry(shown, with_position(page, category.position or positions.get(index)))


def entries_of_rows(path: Path) -> Iterator[SourceEntry]:
    """The entries of a file of JSON rows, line by line."""
    is_packed = path.name.lower().endswith(".gz")
    with gzip.open(path, "rb") if is_packed else path.open("rb") as stream:
        yield from _lines(stream)  # type: ignore[arg-type]  # both give bytes by the line


def _lines(stream: BinaryIO) -> Iterator[SourceEntry]:
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
            yield SourceEntry(origin, reason="truncated")
            return
        if is_long:
            yield SourceEntry(origin, reason="too-long")
        elif not line:
            return
        elif line.strip():
            yield _row(origin, line)


def _row(origin: str, line: bytes) -> SourceEntry:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeError:
        return SourceEntry(origin, reason="not-utf8")
    except (ValueError, RecursionError):
        return SourceEntry(origin, reason="not-json")
    if not isinstance(row, dict):
        return SourceEntry(origin, reason="not-json")
    text, title, path = (row.get(name) for name in ("text", "title", "path"))
    if not isinstance(text, str):
        return SourceEntry(origin, reason="no-text")
    title = title.strip() if isinstance(title, str) else ""
    path = path.strip() if isinstance(path, str) else ""
    if not title and not path:
        return SourceEntry(origin, reason="no-path")
    kind, tags, fields = (row.get(name) for name in ("kind", "tags", "fields"))
    return SourceEntry(
        origin,
        MarkdownPage(
            path=path,
            text=text,
            title=title or None,
            kind=kind if isinstance(kind, str) and kind in all_kinds() else None,
            unknown_kind=kind if isinstance(kind, str) and kind not in all_kinds() else "",
            tags=tuple(filter(_is_text, tags)) if isinstance(tags, list) else None,
            fields=_fields(fields),
            fallback_title=path.rpartition("/")[2].replace("-", " ").capitalize(),
        ),
        parts=parts_of_row(text),
    )


def _fields(fields: Any) -> dict[str, str | list[str]]:
    if not isinstance(fields, dict):
        return {}
    return {
        name: value
        for name, value in fields.items()
        if name not in RESERVED_FIELDS
        and (_is_text(value) or (isinstance(value, list) and all(map(_is_text, value))))
    }


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def printable(name: str) -> str:
    """`name` in a form that is safe to print on a terminal."""
    return name.encode(errors="replace").decode() if name.isprintable() else ascii(name)

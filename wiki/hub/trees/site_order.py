"""The order in which other programs show the pages of a folder.

That is `nav` in the settings of MkDocs, and lists of links in `SUMMARY.md` (mdBook, GitBook) and
`_sidebar.md` (Docsify, wikis on GitHub).
"""

import posixpath
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import yaml

from wiki.hub.markdown_file import MarkdownPage, is_page_file
from wiki.kinds.builtin import ORDER
from wiki.markup.inlines.wikilinks import WIKILINK
from wiki.markup.source_links import links_in
from wiki.pages.page_order import position_of

SETTINGS = ("mkdocs.yml", "mkdocs.yaml")
SETTINGS_LIMIT = 500_000  # bytes
MAX_ENTRIES = 20_000  # of one `nav`: a few lines with references can be gigabytes
MAX_DEPTH = 20  # of entries in entries
_LISTS = ("summary.md", "_sidebar.md")

# The file that an address in the file `origin` leads to, and the one that `[[target]]` means.
FindFile = Callable[[str, str], str | None]


def is_settings(name: str) -> bool:
    return posixpath.basename(name) in SETTINGS


def is_list_of_pages(name: str) -> bool:
    return posixpath.basename(name).lower() in _LISTS


def files_in_nav(raw: bytes) -> list[str]:
    """The files in `nav`, in order, from the folder in which the settings are. Never raises."""
    if len(raw) > SETTINGS_LIMIT:
        return []
    try:
        # Only nodes: tags in such a file name Python functions, and none of it is run.
        root = yaml.compose(raw.decode("utf-8-sig"), Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        return []
    if not isinstance(root, yaml.MappingNode):
        return []
    found = {key.value: value for key, value in root.value if isinstance(key, yaml.ScalarNode)}
    folder, nav = found.get("docs_dir"), found.get("nav")
    docs = folder.value if isinstance(folder, yaml.ScalarNode) else "docs"
    files: list[str] = []
    for entry in _entries(nav, MAX_DEPTH):
        if len(files) >= MAX_ENTRIES:
            break
        files.append(posixpath.normpath(posixpath.join(docs, entry.partition("#")[0])))
    return files


def _entries(node: yaml.Node | None, depth: int) -> Iterator[str]:
    if isinstance(node, yaml.ScalarNode):
        yield node.value
    elif depth and isinstance(node, yaml.SequenceNode):
        for inner in node.value:
            yield from _entries(inner, depth - 1)
    elif depth and isinstance(node, yaml.MappingNode):
        for _title, inner in node.value:
            yield from _entries(inner, depth - 1)


def files_in_list(name: str, text: str, linked: FindFile, named: FindFile) -> Iterator[str]:
    """The files that the list in the file `name` links to, in order."""
    for link in links_in(text):
        if link.address is not None:
            file = linked(name, link.address)
        else:
            found = WIKILINK.search(text, link.begin, link.end)
            file = named(name, (found[1] or "").removesuffix("\\")) if found else None
        if file is not None:
            yield file


def numbered(files: Iterable[str]) -> dict[str, int]:
    """The numbers of page files from 1 on, each by its first place."""
    return {
        file: number for number, file in enumerate(dict.fromkeys(filter(is_page_file, files)), 1)
    }


def with_position(source: MarkdownPage, position: int | None) -> MarkdownPage:
    """`source` with its place, unless its file says one, or is from an export as it was."""
    if position is None or source.is_whole or position_of(source.fields) is not None:
        return source
    return replace(source, fields={**source.fields, ORDER: str(position)})

"""Rewrites the links of a page file so that they lead to the same targets in the wiki.

A link that already works stays as written. References to files of the folder are filled in once
these have addresses.
"""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from urllib.parse import quote, unquote

from wiki.files.names import filename_key
from wiki.hub.markdown_file import MarkdownPage, is_page_file
from wiki.hub.trees.layout import TreeLayout
from wiki.markup.inlines.embeds import PICTURE
from wiki.markup.inlines.wikilinks import WIKILINK
from wiki.markup.links import DestinationKind, destination_of, written_path
from wiki.markup.source_links import SourceLink, in_tag, links_in
from wiki.naming import NameRefused, path_key
from wiki.pages.editing.data_uris import DATA_IMAGE

_MAY_LINK = re.compile(r"\]\(|\]:|\[\[|<(?:img|a|source|video|audio)\s", re.IGNORECASE)
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#|$")


@dataclass(frozen=True, slots=True)
class PlacedFile:
    """A file as the wiki knows it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class FileReference:
    """A place in a text that shows or links to `file`, a file of the folder or a `data:` URL.

    `written` is the source: an address, or `[[…]]` and `![[…]]` with brackets.
    """

    file: str
    written: str
    fragment: str = ""
    is_in_tag: bool = False
    query: str = ""

    @property
    def is_wikilink(self) -> bool:
        return self.written.endswith("]]")

    @property
    def is_by_name(self) -> bool:
        """Whether the wiki finds it by name among the files of the page."""
        return self.written.startswith("![[") and PICTURE.search(self.file) is not None

    def leading_to(self, placed: PlacedFile | None) -> str:
        """The reference once the file has its place; unchanged for `None`."""
        if placed is None:
            return self.written
        address = f"/files/{placed.id}/{quote(placed.name)}"
        if self.query:
            address = f"{address}?{self.query}"
        if self.fragment:
            address = f"{address}#{quote(unquote(self.fragment), safe='=&,:')}"
        if self.is_wikilink:
            return self._wikilink(placed, address)
        if self.is_in_tag:
            return escape(address)
        return f"<{address}>" if self.written.startswith("<") else address

    def _wikilink(self, placed: PlacedFile, address: str) -> str:
        found = WIKILINK.search(self.written)
        target = (found[1] if found else "").removesuffix("\\")
        label = ((found[3] if found else "") or "").strip()
        if not self.is_by_name:
            return f"[{label or placed.name}]({address})"
        if filename_key(posixpath.basename(target.strip())) == filename_key(placed.name):
            return self.written
        return self.written.replace(target, placed.name, 1)


TextPart = str | FileReference


def parts_of_row(text: str) -> tuple[TextPart, ...]:
    """A text outside any folder, split at the pictures embedded in it."""
    if DATA_IMAGE not in text.lower():
        return ()
    return _parts(text, _inlined)


def parts_of(source: MarkdownPage, name: str, layout: TreeLayout) -> tuple[TextPart, ...]:
    """The text of the page in the file `name`, split at references to files.

    Pictures embedded in a text exported from Nexus stay there, so that a round trip changes
    nothing.
    """
    if not _MAY_LINK.search(source.text):
        return (source.text,)
    rewriter = _LinkRewriter(name, layout, is_inlining=not source.is_whole)
    return _parts(source.text, rewriter.part)


def _parts(
    text: str, part_of: Callable[[str, SourceLink], TextPart | None]
) -> tuple[TextPart, ...]:
    parts: list[TextPart] = []
    done = 0
    for link in links_in(text, with_files=True):
        written = text[link.begin : link.end]
        found = part_of(written, link)
        if found is not None and found != written:
            parts += text[done : link.begin], found
            done = link.end
    return (*parts, text[done:])


def _inlined(written: str, link: SourceLink) -> FileReference | None:
    """A picture embedded in the text itself."""
    address = link.address or ""
    is_picture = address[: len(DATA_IMAGE)].lower() == DATA_IMAGE
    return FileReference(address, written, is_in_tag=link.is_in_tag) if is_picture else None


class _LinkRewriter:
    """Rewrites the links of one file."""

    def __init__(self, name: str, layout: TreeLayout, *, is_inlining: bool) -> None:
        self._is_inlining = is_inlining
        self._name = name
        self._layout = layout
        self._path = self._target(name) or ""

    def _target(self, name: str) -> str | None:
        try:
            return self._layout.target_of(name)
        except NameRefused:
            return None

    def part(self, written: str, link: SourceLink) -> TextPart | None:
        """The replacement of a link; `None` to keep it."""
        if link.address is None:
            return self._wikilink(written, link)
        found = _inlined(written, link) if self._is_inlining else None
        return found or self._address(written, link, link.address)

    def _address(self, written: str, link: SourceLink, address: str) -> TextPart | None:
        if address.startswith("#"):
            return self._on_this_page(written, address[1:])
        if _ELSEWHERE.match(address) or address.startswith("/wiki/"):
            return None
        fragment = address.partition("#")[2]
        if attached := self._layout.attached(self._name, address):
            query = address.partition("#")[0].partition("?")[2]
            return FileReference(attached, written, fragment, link.is_in_tag, query)
        file = self._layout.linked(self._name, address)
        if file is None:
            return None
        if not is_page_file(file):
            return FileReference(file, written, fragment, link.is_in_tag)
        path = self._target(file)
        if path is None:
            return None
        made = self._to_page(file, path, address, fragment)
        if made is None:
            return None
        if link.is_in_tag:
            return in_tag(made)
        return f"<{made}>" if written.startswith("<") else made

    def _on_this_page(self, written: str, fragment: str) -> str | None:
        page = self._layout.page(self._name)
        wanted = unquote(fragment)
        section = page.section(wanted) if page else ""
        # Ids written by the author work on their page.
        if section in ("", wanted, f"user-{wanted}"):
            return None
        return written.replace(f"#{fragment}", f"#{quote(section)}", 1)

    def _to_page(self, file: str, path: str, address: str, fragment: str) -> str | None:
        """The address of the page `path`, which is that of `file`; `None` if `address` already
        leads there.
        """
        found = destination_of(address, self._path)
        page = self._layout.page(file)
        section = page.section(unquote(fragment)) if page and fragment else ""
        is_there = found.kind is DestinationKind.PAGE and path_key(found.target) == path_key(path)
        if is_there and found.fragment == section:
            return None
        made = address.partition("#")[0] if is_there else self._relative(path)
        return f"{made}#{quote(section)}" if section else made

    def _relative(self, path: str) -> str:
        """A link to the page at `path`, as written in a folder of Markdown files."""
        folder = posixpath.dirname(self._path)
        made = f"{written_path(posixpath.relpath(f'/{path}', f'/{folder}'))}.md"
        found = destination_of(made, self._path)
        leads_there = found.kind is DestinationKind.PAGE and path_key(found.target) == path_key(
            path
        )
        return made if leads_there else f"/wiki/{written_path(path)}"

    def _wikilink(self, written: str, link: SourceLink) -> TextPart | None:
        """The replacement of `[[…]]` or `![[…]]`; `None` to keep it."""
        found = WIKILINK.search(written)
        if found is None or not (found[1] or "").strip():
            return None
        target = found[1].removesuffix("\\")
        file = self._layout.named(self._name, target.strip())
        if file is None:
            return None
        if not is_page_file(file):
            return FileReference(file, written, (found[2] or "").removesuffix("\\"))
        path = self._target(file)
        if path is None or self._is_found(target.strip(), file, path):
            return None
        label = ""
        if found[3] is None and not written.startswith("!"):
            name = target.strip() + (f" § {found[2].strip()}" if found[2] else "")
            label = ("\\|" if link.is_in_table else "|") + name
        begin = found.start(1)
        return f"{written[:begin]}{path}{written[begin + len(target) : -2]}{label}]]"

    def _is_found(self, target: str, file: str, path: str) -> bool:
        """Whether the wiki finds the page by the written target, by path or title."""
        if path_key(target) == path_key(path):
            return True
        page = self._layout.page(file)
        title = (page.source.title or page.source.fallback_title) if page else ""
        return path_key(title) == path_key(target) and self._layout.is_only_one(target)

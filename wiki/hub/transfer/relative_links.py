"""Rewrites links so that they work in a folder of files: on GitHub, in Obsidian and in MkDocs.

Wikilinks, addresses below `/wiki/` and `/files/`, and names of attached pictures become paths
relative to the file. A link whose target isn’t in the export stays as it is.
"""

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import unquote

from wiki.access.permissions import Viewer
from wiki.files.queries import find_files_by_name
from wiki.markup.inlines.embeds import PICTURE, picture_size
from wiki.markup.inlines.wikilinks import WIKILINK, default_label, fragment_of
from wiki.markup.links import (
    DestinationKind,
    anchor_of,
    destination_of,
    normalized_target,
    written_path,
)
from wiki.markup.source_links import SourceLink, in_tag, links_in
from wiki.naming import path_key
from wiki.pages.maintenance.transfer import ExportedPage
from wiki.pages.queries.page_queries import resolve_targets

_FILE_ADDRESS = re.compile(r"/files/([0-9]{1,9})/[^/?#]+(?:\?(?:download|width=[0-9]+))?(#.*)?")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\#?]")
# Characters in a label that Markdown would interpret.
_SIGNS = re.compile(r"([\\`*_\[\]<>~$!&|])")


class RelativeLinks:
    """Rewrites the texts of one export.

    `paths` are the pages’ paths and `names` their file names, both by page id; `files` are the
    paths of attached files by id.
    """

    def __init__(
        self,
        viewer: Viewer,
        paths: Mapping[int, str],
        names: Mapping[int, str],
        files: Mapping[int, str],
    ) -> None:
        self._viewer = viewer
        self._names = names
        self._pages = {path: names[page_id] for page_id, path in paths.items()}
        self._files = files

    def rewritten(self, page: ExportedPage) -> str:
        """The text of `page` with its links pointing from its file to others."""
        text = page.content.text
        links = list(links_in(text, with_files=True))
        if not links:
            return text
        one = _OneText(self._names[page.id], page.path)
        targets = {target for link in links if (target := one.target(text, link))}
        found = resolve_targets(self._viewer, sorted(targets))
        one.pages = {key: self._pages[path] for key, path in found.items() if path in self._pages}
        names = {name for link in links if (name := one.file_name(text, link))}
        by_name = find_files_by_name(self._viewer, names, page.id) if names else {}
        one.named = {
            name: self._files[file.id] for name, file in by_name.items() if file.id in self._files
        }
        pieces: list[str] = []
        done = 0
        for link in links:
            pieces += text[done : link.begin], one.made(text, link, self._files)
            done = link.end
        return "".join((*pieces, text[done:]))


class _OneText:
    """The links of one file.

    `pages` are files by the key of what leads to them, `named` the paths of files by name as
    written.
    """

    def __init__(self, name: str, path: str) -> None:
        self._folder = posixpath.dirname(name)
        self._path = path
        self.pages: dict[str, str] = {}
        self.named: dict[str, str] = {}

    def target(self, text: str, link: SourceLink) -> str:
        """The page that a link points to; empty if it points to none."""
        if link.address is None:
            found = WIKILINK.search(text, link.begin, link.end)
            return normalized_target((found[1] or "").removesuffix("\\")) if found else ""
        if link.is_of_file:
            return ""
        to = destination_of(link.address, self._path)
        return to.target if to.kind is DestinationKind.PAGE else ""

    def file_name(self, text: str, link: SourceLink) -> str:
        """The name of the file that a link may point to; empty if there is none."""
        if link.address is None:
            return self.target(text, link).rpartition("/")[2]
        if not link.is_picture or _ELSEWHERE.match(link.address):
            return ""
        return unquote(re.split("[?#]", link.address)[0]).rpartition("/")[2]

    def made(self, text: str, link: SourceLink, files: Mapping[int, str]) -> str:
        """The link’s replacement."""
        written = text[link.begin : link.end]
        if link.address is None:
            return self._wikilink(text, link) or written
        address = self._address(text, link, link.address, files)
        if address is None:
            return written
        if link.is_in_tag:
            return in_tag(address)
        return f"<{address}>" if written.startswith("<") else address

    def _address(
        self, text: str, link: SourceLink, address: str, files: Mapping[int, str]
    ) -> str | None:
        if (found := _FILE_ADDRESS.fullmatch(address)) and int(found[1]) in files:
            return self._from_here(files[int(found[1])]) + (found[2] or "")
        if link.is_of_file:
            name = self.named.get(self.file_name(text, link))
            return self._from_here(name) if name else None
        to = destination_of(address, self._path)
        if to.kind is not DestinationKind.PAGE or (page := self._page(to.target)) is None:
            return None
        return self._from_here(page) + (anchor_of(to.fragment) if to.fragment else "")

    def _wikilink(self, text: str, link: SourceLink) -> str | None:
        found = WIKILINK.search(text, link.begin, link.end)
        if found is None:
            return None
        is_embed = text.startswith("!", link.begin)
        target = self.target(text, link)
        written = (found[2] or "").removesuffix("\\").strip()
        label = (found[3] or "").replace("\\|", "|").strip()
        section = fragment_of(written)
        page = self._page(target) if target else ""  # empty for this page
        named = self.named.get(self.file_name(text, link))
        if is_embed and PICTURE.search(target):
            if named is None:
                return None
            alt = "" if picture_size(label)[0] else label
            return f"![{_words(alt)}]({self._from_here(named)})"
        if page is None:
            return (
                None if named is None else f"[{_words(label or target)}]({self._from_here(named)})"
            )
        if not page and not section:
            return None
        address = (self._from_here(page) if page else "") + (anchor_of(section) if section else "")
        return f"[{_words(label or default_label(target, written))}]({address})"

    def _page(self, target: str) -> str | None:
        return self.pages.get(path_key(target))

    def _from_here(self, name: str) -> str:
        return written_path(posixpath.relpath(name, self._folder or "."))


def _words(text: str) -> str:
    return _SIGNS.sub(r"\\\1", text)

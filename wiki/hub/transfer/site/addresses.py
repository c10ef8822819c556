"""The files of a static site, and the links between them."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from html import escape, unescape
from urllib.parse import quote, unquote

from wiki.hub.markdown_file import file_of_path
from wiki.naming import path_key

FRONT, ALL_PAGES, TAGS, SEARCH = "index.html", "pages.html", "tags.html", "search.html"

_LISTS = {"/": FRONT, "/pages": ALL_PAGES, "/tags/": TAGS, "/search": SEARCH}
# Attributes as the sanitizer and the templates write them.
_ATTRIBUTE = re.compile(r' (href|src)="(/[^"]*)"')
_SIZES = re.compile(r' srcset="[^"]*"(?: sizes="[^"]*")?')
_FILE = re.compile(r"/files/([0-9]{1,9})(?:/[^/]*)?")


class SiteAddresses:
    """The files of one site.

    `places` are the paths of pages and of folders without a page, `tags` the keys of tags,
    `files` the paths of attached files by id.
    """

    def __init__(
        self, places: Iterable[str], tags: Iterable[str], files: Mapping[int, str]
    ) -> None:
        taken: set[str] = set()
        self._places = {path_key(path): _free(f"wiki/{path}", taken) for path in places}
        self._tags = {key: _free(f"tags/{key}", taken) for key in tags}
        self._files = files

    def place(self, path: str) -> str:
        """The file of the page or folder at `path`."""
        return self._places[path_key(path)]

    def tag(self, key: str) -> str:
        return self._tags[key]

    def relative(self, html: str, name: str) -> str:
        """`html` with the wiki’s own addresses relative to the file `name`.

        A link whose target isn’t in the site loses its `href`.
        """

        def attribute(found: "re.Match[str]") -> str:
            target = self._target(unescape(found[2]))
            return f' {found[1]}="{escape(_way(name, target))}"' if target else ""

        return _ATTRIBUTE.sub(attribute, _SIZES.sub("", html))

    def _target(self, address: str) -> str | None:
        """The file for an address, with the fragment, both percent-encoded."""
        path, _, fragment = address.partition("#")
        name = self._file(path.partition("?")[0])
        return name and quote(name) + (f"#{fragment}" if fragment else "")

    def _file(self, path: str) -> str | None:
        if found := _FILE.fullmatch(path):
            return self._files.get(int(found[1]))
        if path.startswith("/wiki/"):
            return self._places.get(path_key(unquote(path.removeprefix("/wiki/"))))
        if path.startswith("/static/"):
            return path.removeprefix("/")
        return _LISTS.get(path) or self._tags.get(unquote(path.removeprefix("/tags/")))


def _way(name: str, target: str) -> str:
    path, mark, fragment = target.partition("#")
    return posixpath.relpath(path, posixpath.dirname(quote(name)) or ".") + mark + fragment


def _free(path: str, taken: set[str]) -> str:
    """A name that no other file or folder has, regardless of letter case."""
    *folders, last = file_of_path(path).removesuffix(".md").split("/")
    folders = [f"{part}_" if part.lower().endswith(".html") else part for part in folders]
    stem = "/".join((*folders, last))
    name, number = f"{stem}.html", 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}-{number}.html"
    taken.add(name.casefold())
    return name

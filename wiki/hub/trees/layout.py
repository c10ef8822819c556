"""Which page each file of a folder is, and which file a link points to.

Links are resolved as by GitHub and by site generators, and names as by Obsidian. Letter case and
Unicode normalization are ignored, unless files differ only in them: then the exact name counts.
"""

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from types import MappingProxyType
from urllib.parse import unquote

from wiki.hub.markdown_file import (
    PAGE_SUFFIXES,
    is_page_file,
    page_path,
    path_of_file,
    read_markdown_page,
)
from wiki.hub.trees.archive_reader import SourceTree, Unreadable
from wiki.hub.trees.categories import Category, is_category, read_category
from wiki.hub.trees.page_file import PageFile, text_in
from wiki.hub.trees.site_order import (
    SETTINGS_LIMIT,
    by_number,
    files_in_list,
    files_in_nav,
    is_list_of_pages,
    is_settings,
    numbered,
    without_numbers,
)
from wiki.letters import normalize
from wiki.markup.links import INDEX_NAMES
from wiki.naming import path_key

PAGE_CACHE_SIZE = 5_000  # files whose parsed pages are cached
# Folders that an absolute link may start from: the source folders of site generators.
_ROOTS = ("", "static", "public", "docs", "content", "assets", "source")
_FILE_ADDRESS = re.compile(r"/files/([0-9]{1,10})(?:/[^/]*)?")  # in the wiki
_SITE_PAGE = re.compile(r"\.html?$", re.IGNORECASE)
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,12}$")
# If a folder has both a README and an index, which one is its page.
_ORDER = {"index": 0, "_index": 1, "readme": 2}


class TreeLayout:
    """The files of a tree.

    `names` are regular files. `attached` are the attached files of an export, which are found by
    path only; `renumbered` are those among them that can’t keep their ids, by id.
    """

    def __init__(
        self,
        tree: SourceTree,
        names: Iterable[str],
        attached: Collection[str] = (),
        renumbered: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        self._tree = tree
        self._attached = frozenset(attached)
        self._renumbered = renumbered
        self._all = dict.fromkeys(names)  # in order
        self._names: dict[str, str] = {}  # folded -> as it is, the first one
        self._by_base: dict[str, list[str]] = {}
        for name in self._all:
            self._names.setdefault(_folded(name), name)
            self._by_base.setdefault(_folded(posixpath.basename(name)), []).append(name)
        self._index: dict[str, str] = {}  # folded folder -> the file that is its page
        self._find_index_files()
        self._by_stem: dict[str, list[str]] = {}
        for name in filter(is_page_file, self._all):
            stem = posixpath.splitext(posixpath.basename(name))[0]
            self._by_stem.setdefault(path_key(stem), []).append(name)
        self._by_key: dict[str, str] = {}
        self.page = lru_cache(PAGE_CACHE_SIZE)(self._page)

    @cached_property
    def positions(self) -> Mapping[str, int | str]:
        """The positions of page files in the order that their own program shows them in."""
        return numbered(self.in_order()) or {**by_number(self._all), **self._of_categories}

    @cached_property
    def categories(self) -> Mapping[str, tuple[str, Category | None]]:
        """The category files by folder: their names and contents, or `None` for unreadable ones."""
        found: dict[str, tuple[str, Category | None]] = {}
        for name in filter(is_category, self._all):
            folder = posixpath.dirname(name)
            if folder and folder not in found:
                found[folder] = name, read_category(name, self._raw(name))
        return found

    @property
    def _of_categories(self) -> Mapping[str, str]:
        """The positions of folders that have pages of their own."""
        return {
            page: category.position
            for folder, (_, category) in self.categories.items()
            if category and category.position and (page := self.page_of_folder(folder))
        }

    def page_of_folder(self, folder: str) -> str | None:
        """The file that is the folder’s page: its index, or a page of the same name beside it."""
        return self._index.get(_folded(folder)) or self._one_of(
            *(folder + end for end in PAGE_SUFFIXES)
        )

    @cached_property
    def _unnumbered(self) -> Mapping[str, Sequence[str]]:
        """Page files by their addresses without the numbers in their names."""
        found: dict[str, list[str]] = {}
        for name in filter(is_page_file, self._all):
            path = path_of_file(name)
            if (bare := without_numbers(path)) != path:
                found.setdefault(_folded(bare), []).append(name)
        return found

    def in_order(self) -> Iterator[str]:
        """The files in order of navigation settings and lists, with repetitions."""
        names = sorted(self._all, key=lambda name: (name.count("/"), name))
        for name in filter(is_settings, names):
            folder = posixpath.dirname(name)
            for file in files_in_nav(self._raw(name)):
                place = posixpath.normpath(f"{folder}/{file}").strip("/")
                if found := self._one_of(place):
                    yield found
        for name in filter(is_list_of_pages, names):
            try:
                with self._tree.open(name) as stream:
                    text = text_in(stream)
            except Unreadable:
                continue
            yield from files_in_list(name, text, self.linked, self.named)

    def _raw(self, name: str) -> bytes:
        try:
            with self._tree.open(name) as stream:
                return stream.read(SETTINGS_LIMIT + 1)
        except Unreadable:
            return b""

    def _find_index_files(self) -> None:
        for name in sorted(filter(is_page_file, self._all), key=_order):
            folder = posixpath.dirname(name)
            # `guide.md` already is the page `guide`.
            is_taken = any(self._names.get(_folded(folder + end)) for end in PAGE_SUFFIXES)
            if folder and _is_index(name) and not is_taken:
                self._index.setdefault(_folded(folder), name)

    def path_of(self, name: str) -> str:
        """The path that a page file stands for; of two candidates for a folder, one keeps its own
        name.
        """
        folder = posixpath.dirname(name)
        path = path_of_file(name)
        if path == folder and self._index.get(_folded(folder)) != name:
            return posixpath.splitext(name)[0]
        return path

    def _page(self, name: str) -> PageFile | None:
        """The parsed page file; `None` if it can’t be read."""
        try:
            with self._tree.open(name) as stream:
                return PageFile(read_markdown_page(name, text_in(stream), self.path_of(name)))
        except Unreadable:
            return None

    def target_of(self, name: str) -> str | None:
        """The future path of this file’s page; `None` if it has none."""
        page = self.page(name)
        return page_path(page.source) if page else None

    def linked(self, origin: str, address: str) -> str | None:
        """The file that an address in the file `origin` points to; `None` if there is none."""
        path = unquote(address.partition("#")[0].partition("?")[0])
        if not path or "\\" in path:
            return None
        for place in _places(origin, path):
            if (found := self._at(place)) is not None or not place:
                return found
        return self._nearest(self._anywhere(path), origin) or self._by_address(origin, path)

    def _by_address(self, origin: str, path: str) -> str | None:
        """The file whose address on the site is `path`, ignoring the number in its name."""
        for place in _places(origin, path):
            bare = _folded(without_numbers(path_of_file(_SITE_PAGE.sub("", place.strip("/")))))
            if len(files := self._unnumbered.get(bare, ())) == 1:
                return files[0]
        return None

    def attached(self, origin: str, address: str) -> str | None:
        """The attached file that an address in the file `origin` points to, if the address has to
        be adapted: it is relative, or the file has a new id.
        """
        path = unquote(address.partition("#")[0].partition("?")[0])
        if path.startswith("/"):
            found = _FILE_ADDRESS.fullmatch(path)
            return self._renumbered.get(int(found[1])) if found else None
        place = posixpath.normpath(posixpath.join(posixpath.dirname(origin), path))
        return place if place in self._attached else None

    def _anywhere(self, path: str) -> Sequence[str]:
        """The files in any folder that `path` may stand for, as Obsidian writes names without
        paths.

        A page needs its whole written path to match, since every folder may have an `intro`.
        """
        base = posixpath.basename(path)
        files = _as_written(self._by_base.get(_folded(base), ()), base)
        if not is_page_file(path):
            return files
        if _is_index(path):
            return ()
        end = _folded(f"/{path}")
        return [name for name in files if f"/{_folded(name)}".endswith(end)]

    def _one_of(self, *names: str) -> str | None:
        """The first of these names that exists, possibly in another letter case."""
        exact = next((name for name in names if name in self._all), None)
        return exact or next(filter(None, (self._names.get(_folded(name)) for name in names)), None)

    def _at(self, place: str) -> str | None:
        place = place.strip("/")
        found = self._one_of(place, *(place + end for end in PAGE_SUFFIXES))
        if found is not None:
            return found
        if (found := self._index.get(_folded(place))) is not None:
            return found
        if place in ("", "."):
            roots = (self._names.get(f"{stem}.md") for stem in _ORDER)
            return next(filter(None, roots), None)
        if is_page_file(place) and _is_index(place):
            return self._at(posixpath.dirname(place))
        if _SITE_PAGE.search(place):
            return self._at(_SITE_PAGE.sub("", place).removesuffix("/index") or ".")
        return None

    def named(self, origin: str, target: str) -> str | None:
        """The file that `[[target]]` in the file `origin` points to, by name or partial path."""
        target = target.strip().strip("/")
        if not target:
            return None
        if "/" in target or target.startswith("."):
            for place in (target, posixpath.join(posixpath.dirname(origin), target)):
                if (found := self._at(posixpath.normpath(place))) is not None:
                    return found
            ends = [f"/{_folded(target)}{end}" for end in ("", *PAGE_SUFFIXES)]
            same = self._by_base.get(_folded(posixpath.basename(target)), [])
            same = same + self._by_stem.get(path_key(posixpath.basename(target)), [])
            same = [name for name in same if f"/{_folded(name)}".endswith(tuple(ends))]
            return self._nearest(_as_written(same, target), origin)
        files: Sequence[str] = ()
        if _ENDING.search(target):
            files = self._by_base.get(_folded(target), ())
        files = files or self._by_stem.get(path_key(target), ())
        return self._nearest(_as_written(files, target), origin, is_loose=True)

    def is_only_one(self, target: str) -> bool:
        """Whether no other page file has this name, and none is at this path."""
        key = path_key(target)
        at_path = (_folded(f"{target}.md") in self._names, _folded(target) in self._index)
        return len(self._by_stem.get(key, ())) == 1 and not any(at_path)

    def _nearest(self, names: Sequence[str], origin: str, *, is_loose: bool = False) -> str | None:
        """The only one of `names`; with `is_loose`, the one beside `origin` or nearest to the
        root.
        """
        if len(names) == 1:
            return names[0]
        if not names or not is_loose:
            return None
        here = posixpath.dirname(origin)
        return min(names, key=lambda name: (posixpath.dirname(name) != here, name.count("/"), name))


def _places(origin: str, path: str) -> Iterator[str]:
    """The possible locations of `path` in the file `origin`, most likely first."""
    folder = posixpath.dirname(origin)
    if not path.startswith("/"):
        yield from _inside(posixpath.join(folder, path))
        # Anything else may be an address on the site, where each page is a folder.
        if not is_page_file(path):
            yield from _inside(posixpath.join(posixpath.splitext(origin)[0], path))
        return
    path = path.strip("/")
    _first, _, rest = path.partition("/")
    while True:
        for root in _ROOTS:
            yield from _inside(posixpath.join(folder, root, path))
        if not folder:
            break
        folder = posixpath.dirname(folder)
    if rest:  # the root folder may be what the site has at `/docs/`
        yield from _inside(rest)


def _inside(place: str) -> Iterator[str]:
    """`place` without dot segments; nothing if it leads out of the tree."""
    normal = posixpath.normpath(place)
    if not normal.startswith(("../", "/")) and normal != "..":
        yield "" if normal == "." else normal


def _is_index(name: str) -> bool:
    return posixpath.splitext(posixpath.basename(name))[0].lower() in INDEX_NAMES


def _as_written(names: Sequence[str], written: str) -> Sequence[str]:
    """Those of `names` that end in `written` with the same letter case; all if none does."""
    ends = tuple(f"/{written}{end}" for end in ("", *PAGE_SUFFIXES))
    return [name for name in names if f"/{name}".endswith(ends)] or names


def _folded(name: str) -> str:
    return normalize("NFC", name).casefold()


def _order(name: str) -> tuple[str, int, str]:
    folder, base = posixpath.split(name)
    return folder, _ORDER.get(posixpath.splitext(base)[0].lower(), 9), base

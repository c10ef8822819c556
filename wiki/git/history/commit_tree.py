"""The files of a repository at one commit, as the folder import sees them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from io import BytesIO
from typing import IO

from dulwich.objects import ObjectID

from wiki.app_state import current_settings
from wiki.config import MEGABYTE
from wiki.git.history.commits import CommitLog, is_plain
from wiki.hub.markdown_file import FILE_LIMIT, MarkdownPage, is_page_file, read_markdown_page
from wiki.hub.trees.archive_reader import FoundFile, Unreadable, is_left_out
from wiki.hub.trees.layout import TreeLayout
from wiki.hub.trees.page_file import PageFile, text_in
from wiki.hub.trees.site_order import SETTINGS, files_in_nav, numbered, with_position

PAGES_KEPT = 5_000  # parsed page files that are cached

_Parsed = dict[tuple[str, ObjectID, str], PageFile | None]


class CommitTree:
    """A `SourceTree` of the commit that the log read last."""

    def __init__(self, log: CommitLog) -> None:
        self._log = log
        self._parsed: _Parsed = {}
        self._layout: TreeLayout | None = None

    def files(self) -> Iterator[FoundFile]:
        yield from map(FoundFile, self.names())

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        mode, blob = self._files().get(_raw(name), (0, None))
        if blob is None:
            raise Unreadable("absent")
        if not is_plain(mode):
            raise Unreadable("link")
        self._check_size(name, blob)
        yield BytesIO(self._log.content(blob))

    def _check_size(self, name: str, blob: ObjectID) -> None:
        """Checked before reading, since a file may be larger than memory. Raises `Unreadable`."""
        size, limit = self._log.size_of(blob), current_settings().upload_limit * MEGABYTE
        if is_page_file(name) and size > FILE_LIMIT:
            raise Unreadable("too-long")
        if size > max(limit, FILE_LIMIT):
            raise Unreadable("too-large")

    def names_changed(self) -> None:
        """Forget which file is which page, after files were added, renamed or deleted."""
        self._layout = None

    @property
    def layout(self) -> TreeLayout:
        if self._layout is None:
            self._layout = _CommitLayout(self, self.names(), self._log.files(), self._parsed)
        return self._layout

    def source(self, name: str, blob: ObjectID) -> MarkdownPage:
        """The page that the file held in `blob`. Raises `Unreadable`."""
        self._check_size(name, blob)
        text = text_in(BytesIO(self._log.content(blob)))
        source = read_markdown_page(name, text, self.layout.path_of(name))
        return with_position(source, self.positions.get(name))

    def blob_of(self, name: str) -> ObjectID | None:
        return self._files().get(_raw(name), (0, None))[1]

    @cached_property
    def positions(self) -> Mapping[str, int | str]:
        """The positions of pages according to the newest commit.

        Taking them from each commit would change every page that follows a new one.
        """
        tip = _NewestTree(self._log)
        names = list(tip.names())
        above = (
            file.removeprefix(f"{folder}/")
            for folder, raw in self._log.above_tip(SETTINGS)
            for file in files_in_nav(raw)
            if file.startswith(f"{folder}/")
        )
        known = set(names)
        layout = TreeLayout(tip, names)
        listed = numbered([*(file for file in above if file in known), *layout.in_order()])
        return listed or layout.positions

    def _files(self) -> Mapping[bytes, tuple[int, ObjectID]]:
        return self._log.files()

    def names(self) -> Iterator[str]:
        """The files that may be pages or be used by them."""
        for raw, (mode, _) in self._files().items():
            if is_plain(mode) and (name := name_of(raw)) is not None and not is_hidden_file(name):
                yield name


class _NewestTree(CommitTree):
    """The files of the newest commit."""

    def __init__(self, log: CommitLog) -> None:
        super().__init__(log)
        self._newest = log.files_of_tip()

    def _files(self) -> Mapping[bytes, tuple[int, ObjectID]]:
        return self._newest


class _CommitLayout(TreeLayout):
    """Reuses parsed pages from commit to commit while they don’t change."""

    def __init__(
        self,
        tree: CommitTree,
        names: Iterable[str],
        files: Mapping[bytes, tuple[int, ObjectID]],
        parsed: _Parsed,
    ) -> None:
        super().__init__(tree, names)
        self._files = files
        self._parsed = parsed
        self.page = self._page_as_it_is  # type: ignore[assignment]

    def _page_as_it_is(self, name: str) -> PageFile | None:
        _, blob = self._files.get(_raw(name), (0, None))
        if blob is None:
            return None
        key = (name, blob, self.path_of(name))
        if key not in self._parsed:
            if len(self._parsed) >= PAGES_KEPT:
                self._parsed.clear()
            self._parsed[key] = self._page(name)
        return self._parsed[key]


def name_of(raw: bytes) -> str | None:
    """A file's name; `None` if it isn't UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def is_hidden_file(name: str) -> bool:
    """Whether it is a hidden page, or in a folder that is left out."""
    *folders, last = name.split("/")
    return any(map(is_left_out, folders)) or (last.startswith(".") and is_page_file(last))


def _raw(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")

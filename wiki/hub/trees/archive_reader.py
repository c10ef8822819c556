"""Reads a folder or zip of unknown origin. It may be damaged or encrypted, or hold links and names
that lead outside; nothing outside it is ever read.
"""

import errno
import lzma
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, NamedTuple, Protocol, cast

ARCHIVE_FILES_LIMIT = 200_000  # entries; a longer list is an attempt to exhaust memory

_IS_LOCKED = 0x1  # the flag of an encrypted zip member
# Folders of programs rather than texts; hidden folders are left out as well.
_LEFT_OUT = frozenset({"node_modules", "__macosx"})
# Hidden folders in which other wikis keep attachments.
_ATTACHMENTS = frozenset({".attachments", ".gitbook"})

# What `zipfile` and its decompressors raise; a damaged name is a `ValueError`, an unknown
# method a `RuntimeError`.
_DAMAGE = (
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)


class Unreadable(Exception):
    """Something that can’t be read.

    `reason` is `unreadable`, `locked`, `absent`, `link`, `too-large`, `unsafe-name`, for an
    archive `too-many-files`, or for a text `too-long`, `not-text` or `encoding`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FoundFile(NamedTuple):
    """A file name with slashes and, if the file isn’t read, the reason: one of `Unreadable`, or
    `left-out` for a folder that holds no pages.
    """

    name: str
    reason: str = ""


class SourceTree(Protocol):
    """Files in folders."""

    def files(self) -> Iterator[FoundFile]:
        """All files, sorted by name, folder by folder."""

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """A file to read. Raises `Unreadable`, and so does reading."""


@contextmanager
def open_tree(path: Path) -> Iterator[SourceTree]:
    """The folder or zip at `path`. Raises `Unreadable`."""
    if path.is_dir():
        yield _FolderTree(path)
        return
    with _damage_as_unreadable():
        archive = zipfile.ZipFile(path)
    with archive:
        if len(archive.infolist()) > ARCHIVE_FILES_LIMIT:
            raise Unreadable("too-many-files")
        yield _ZipTree(archive)


class _GuardedStream:
    """A stream that raises `Unreadable` for damage, so that errors in writing its content elsewhere
    aren’t confused with it.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        with _damage_as_unreadable():
            return self._stream.read(size)


class _FolderTree:
    def __init__(self, root: Path) -> None:
        self._root = root

    def files(self) -> Iterator[FoundFile]:
        failed: list[OSError] = []
        for folder, folders, files in os.walk(self._root, onerror=failed.append):
            place = Path(folder)
            kept = []
            for name in sorted(folders):
                shown = (place / name).relative_to(self._root).as_posix()
                if (place / name).is_symlink():
                    yield FoundFile(shown, "link")
                elif is_left_out(name):
                    yield FoundFile(f"{shown}/", "left-out")
                else:
                    kept.append(name)
            folders[:] = kept
            for name in sorted(files):
                is_link = (place / name).is_symlink()
                shown = (place / name).relative_to(self._root).as_posix()
                yield FoundFile(shown, "link" if is_link else "")
        for error in failed:
            shown = Path(error.filename).relative_to(self._root).as_posix()
            yield FoundFile(f"{shown}/", "unreadable")

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        with _damage_as_unreadable():
            stream = os.fdopen(_open_below(self._root, name), "rb")
        with stream:
            yield cast("IO[bytes]", _GuardedStream(stream))


class _ZipTree:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def files(self) -> Iterator[FoundFile]:
        left_out: set[str] = set()
        for info in sorted(self._archive.infolist(), key=lambda info: info.filename):
            if info.is_dir():
                continue
            *folders, _name = info.filename.split("/")
            hidden = next((at for at, name in enumerate(folders) if is_left_out(name)), None)
            if _is_unsafe(info.filename):
                yield FoundFile(info.filename, "unsafe-name")
            elif hidden is not None:
                if (folder := "/".join(folders[: hidden + 1]) + "/") not in left_out:
                    left_out.add(folder)
                    yield FoundFile(folder, "left-out")
            else:
                yield FoundFile(info.filename, "link" if _is_link(info) else "")

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        try:
            info = self._archive.getinfo(name)
        except KeyError as error:
            raise Unreadable("absent") from error
        if _is_link(info):
            raise Unreadable("link")
        if info.flag_bits & _IS_LOCKED:
            raise Unreadable("locked")
        with _damage_as_unreadable():
            stream = self._archive.open(info)
        with stream:
            yield cast("IO[bytes]", _GuardedStream(stream))


def is_left_out(folder: str) -> bool:
    """Whether a folder of this name holds no texts."""
    name = folder.lower()
    return name in _LEFT_OUT or (name.startswith(".") and name not in _ATTACHMENTS)


def _is_unsafe(name: str) -> bool:
    """Whether a name leads elsewhere. Nothing is unpacked, but such a name can’t be a page’s
    either.
    """
    return "\\" in name or bool({"", ".", ".."} & set(name.split("/")))


def _is_link(info: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)


def _open_below(root: Path, name: str) -> int:
    """A file descriptor of the regular file `name` below `root`, without following links.

    Each step starts from the folder opened before, so replacing a folder by a link in the
    meantime has no effect. Raises `Unreadable`, `OSError`.
    """
    if _is_unsafe(name):
        raise Unreadable("unsafe-name")
    *folders, last = name.split("/")
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in folders:
            inner = _step(folder, part, os.O_DIRECTORY)
            os.close(folder)
            folder = inner
        # Non-blocking, since opening a named pipe would wait for a writer.
        handle = _step(folder, last, os.O_NONBLOCK)
    finally:
        os.close(folder)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Unreadable("unreadable")
    return handle


def _step(folder: int, name: str, flag: int) -> int:
    try:
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | flag, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EMLINK) and stat.S_ISLNK(
            os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        ):
            raise Unreadable("link") from error
        raise


@contextmanager
def _damage_as_unreadable() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise Unreadable("absent") from error
    except _DAMAGE as error:
        raise Unreadable("unreadable") from error

"""Reading out of a folder or a zip, which may be damaged or locked."""

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

_IS_LOCKED = 0x1  # the flag of a zip's member that needs a password

# What `zipfile` and what it unpacks with raise; a damaged name is a `ValueError`, a method that
# nobody knows a `RuntimeError`.
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
    """Something that can't be read. `reason` is `unreadable`, `locked` or `absent`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Guarded:
    """A stream whose damage is told from what goes wrong where its content is written."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        with _damage_told():
            return self._stream.read(size)


def open_zip(path: Path) -> zipfile.ZipFile:
    """Raises `Unreadable`."""
    with _damage_told():
        return zipfile.ZipFile(path)


@contextmanager
def open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    """The member of a zip, to `read`. Raises `Unreadable`, and so does the reading."""
    if info.flag_bits & _IS_LOCKED:
        raise Unreadable("locked")
    with _damage_told():
        stream = archive.open(info)
    with stream:
        yield cast("IO[bytes]", _Guarded(stream))


@contextmanager
def open_in(source: Path, name: str) -> Iterator[IO[bytes]]:
    """The same for the file `name` in a folder or a zip."""
    if source.is_dir():
        with _damage_told():
            stream = (source / name).open("rb")
        with stream:
            yield cast("IO[bytes]", _Guarded(stream))
        return
    with open_zip(source) as archive:
        try:
            info = archive.getinfo(name)
        except KeyError as error:
            raise Unreadable("absent") from error
        with open_member(archive, info) as member:
            yield member


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise Unreadable("absent") from error
    except _DAMAGE as error:
        raise Unreadable("unreadable") from error

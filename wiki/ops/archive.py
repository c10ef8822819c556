"""Archives of files: `.tar.gz`, `.tgz` and `.zip`, private to their owner, extracted safely."""

import lzma
import os
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

import click

TAR_SUFFIXES = (".tar.gz", ".tgz")
ZIP_SUFFIXES = (".zip",)
_CHUNK = 1 << 20
# What the modules raise for a file that is damaged, encrypted or not an archive.
_DAMAGE = (
    *(tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(EOFError, OSError, RuntimeError, ValueError),
)


def check_archive_name(file: Path) -> None:
    """Raises `click.ClickException` unless the name ends in `.tar.gz`, `.tgz` or `.zip`."""
    if not file.name.endswith(TAR_SUFFIXES + ZIP_SUFFIXES):
        raise click.ClickException(f"{file.name}: the name must end in .tar.gz or .zip.")


def create_archive(file: Path, members: Iterable[tuple[Path, str]]) -> tuple[int, int]:
    """Write `members`, each a file and its name in the archive, to `file`, private to its owner.

    Returns how many were written, and how many had been deleted meanwhile.
    """
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    if file.name.endswith(ZIP_SUFFIXES):
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as zipped:
            return _add_all(members, zipped.write)
    with tarfile.open(file, "w:gz", compresslevel=6) as tar:
        return _add_all(members, partial(tar.add, recursive=False))


def _add_all(
    members: Iterable[tuple[Path, str]], add: Callable[[Path, str], object]
) -> tuple[int, int]:
    written = gone = 0
    for path, name in members:
        try:
            add(path, name)
            written += 1
        except FileNotFoundError:  # raised before anything of it is written
            gone += 1
    return written, gone


def first_member(file: Path) -> str:
    """The name of the first file in an archive of any name; "" if `file` isn't an archive."""
    try:
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as zipped:
                return next(iter(zipped.namelist()), "")
        with tarfile.open(file, "r:*") as tar:
            member = tar.next()
            return member.name if member else ""
    except _DAMAGE:
        return ""


def extract_archive(file: Path, folder: Path) -> None:
    """Unpack the regular files of the archive `file` into `folder`.

    Raises `click.ClickException` if `file` isn't an archive, is damaged or names a path outside of
    `folder`.
    """
    try:
        if file.name.endswith(ZIP_SUFFIXES):
            with zipfile.ZipFile(file) as zipped:
                for info in zipped.infolist():
                    if not info.is_dir():
                        with zipped.open(info) as source:
                            _write_member(source, folder, info.filename)
            return
        with tarfile.open(file, "r:gz") as tar:
            for member in tar:
                unpacked = tar.extractfile(member) if member.isreg() else None
                if unpacked is not None:
                    with unpacked:
                        _write_member(unpacked, folder, member.name)
            # The checksum of the whole archive comes after the last file.
            while tar.fileobj.read(_CHUNK):
                pass
    except _DAMAGE as error:
        raise click.ClickException(f"{file} can’t be read: {error}") from error


def _write_member(source: IO[bytes], folder: Path, name: str) -> None:
    place = PurePosixPath(name)
    if place.is_absolute() or ".." in place.parts or "\\" in name:
        raise click.ClickException(
            f"The archive contains {name!r}, which leads out of the instance folder."
        )
    target = folder.joinpath(*place.parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        shutil.copyfileobj(source, file)

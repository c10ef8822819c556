"""Reads single objects from a pack; ids are the 20-byte SHA-1 hashes that Git uses.

dulwich takes 10 MB, so it is imported on the first clone: most workers never need it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from dulwich.objects import RawObjectID


class PackReader:
    """The pack at a path without suffix."""

    def __init__(self, path: Path) -> None:
        from dulwich.object_format import SHA1  # noqa: PLC0415
        from dulwich.pack import Pack  # noqa: PLC0415

        self._pack = Pack(str(path), object_format=SHA1)
        # Open now: the files may be deleted while the pack is in use.
        self._index, self._data = self._pack.index, self._pack.data

    def __contains__(self, id_: bytes) -> bool:
        try:
            self._index.object_offset(cast("RawObjectID", id_))
        except KeyError:
            return False
        return True

    def read(self, id_: bytes) -> tuple[int, bytes]:
        """The type and content of an object. Raises `KeyError`."""
        return self._pack.get_raw(cast("RawObjectID", id_))

    def close(self) -> None:
        self._pack.close()


def pack_with(packs: list[PackReader], id_: bytes) -> PackReader:
    """The pack that contains an object."""
    return next(pack for pack in packs if id_ in pack)


def open_packs(folder: Path, names: Iterator[str]) -> list[PackReader]:
    return [PackReader(folder / name) for name in names]

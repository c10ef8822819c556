"""Reads single objects of a pack; ids are the 20 bytes by which Git knows them.

dulwich, which takes 10 MB, is imported once somebody clones: most workers never need it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from dulwich.objects import RawObjectID


class PackReader:
    """The pack at a path, without its ending."""

    def __init__(self, path: Path) -> None:
        from dulwich.object_format import SHA1  # noqa: PLC0415
        from dulwich.pack import Pack  # noqa: PLC0415

        self._pack = Pack(str(path), object_format=SHA1)
        # Opened now: the files may be deleted meanwhile.
        self._index, self._data = self._pack.index, self._pack.data

    def __contains__(self, id_: bytes) -> bool:
        try:
            self._index.object_offset(cast("RawObjectID", id_))
        except KeyError:
            return False
        return True

    def read(self, id_: bytes) -> tuple[int, bytes]:
        """Kind and content of an object."""
        return self._pack.get_raw(cast("RawObjectID", id_))

    def close(self) -> None:
        self._pack.close()


def reader_of(packs: list[PackReader], id_: bytes) -> PackReader:
    """The pack that has an object."""
    return next(pack for pack in packs if id_ in pack)


def open_packs(folder: Path, names: Iterator[str]) -> list[PackReader]:
    return [PackReader(folder / name) for name in names]

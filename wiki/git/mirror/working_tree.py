"""The current tree of a mirror in memory: the blob of each file, and the trees to write."""

from collections.abc import Iterator

from wiki.git.mirror.pack_writer import TREE, PackWriter

_FILE, _FOLDER = b"100644", b"40000"


class _Folder:
    def __init__(self) -> None:
        self.files: dict[bytes, bytes] = {}
        self.folders: dict[bytes, _Folder] = {}
        self.id: bytes | None = None  # its last written id, until it changes

    def is_empty(self) -> bool:
        return not (self.files or self.folders)


class WorkingTree:
    """File names are paths with slashes, blobs their 20-byte ids."""

    def __init__(self) -> None:
        self._root = _Folder()

    def put(self, name: str, blob: bytes) -> None:
        """Add or replace a file. Raises `ValueError` if a name would be both a file and a
        folder.
        """
        *folders, last = name.encode().split(b"/")
        at = self._root
        at.id = None
        for part in folders:
            if part in at.files:
                raise ValueError(name)
            at = at.folders.setdefault(part, _Folder())
            at.id = None
        if last in at.folders:
            raise ValueError(name)
        at.files[last] = blob

    def remove(self, name: str) -> None:
        """Remove a file and any folders that this leaves empty."""
        *folders, last = name.encode().split(b"/")
        way = [self._root]
        for part in folders:
            if part not in way[-1].folders:
                return
            way.append(way[-1].folders[part])
        way[-1].files.pop(last, None)
        for folder in way:
            folder.id = None
        for part, folder in zip(reversed(folders), reversed(way[:-1]), strict=True):
            if folder.folders[part].is_empty():
                del folder.folders[part]

    def write(self, pack: PackWriter) -> bytes:
        """Write the trees that have changed; returns the id of the root tree."""
        return self._write(self._root, pack, b"")

    def _write(self, folder: _Folder, pack: PackWriter, place: bytes) -> bytes:
        if folder.id is None:
            raw = b"".join(self._entries(folder, pack, place))
            folder.id = pack.add(TREE, raw, (TREE, place))
        return folder.id

    def _entries(self, folder: _Folder, pack: PackWriter, place: bytes) -> Iterator[bytes]:
        # Git sorts folders as if their names ended in a slash.
        found = [(name, _FILE, name, blob) for name, blob in folder.files.items()]
        for name, inner in folder.folders.items():
            id_ = self._write(inner, pack, place + name + b"/")
            found.append((name + b"/", _FOLDER, name, id_))
        found.sort()
        return (b"%s %s\0%s" % (mode, name, id_) for _, mode, name, id_ in found)

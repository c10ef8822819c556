"""The objects that belong to given commits, for clients that lack earlier ones."""

from collections.abc import Iterator, Sequence

from wiki.git.mirror.pack_reader import PackReader, pack_with
from wiki.git.mirror.pack_writer import ID_SIZE

_FOLDER = b"40000"


def objects_of_commits(packs: list[PackReader], commits: Sequence[bytes]) -> Iterator[bytes]:
    """These commits and everything in their trees, each object once."""
    seen: set[bytes] = set()
    for commit in commits:
        yield commit
        tree = bytes.fromhex(_raw(packs, commit)[5:45].decode())
        yield from _below(packs, tree, seen)


def _below(packs: list[PackReader], tree: bytes, seen: set[bytes]) -> Iterator[bytes]:
    if tree in seen:
        return
    seen.add(tree)
    yield tree
    for is_folder, id_ in _entries(_raw(packs, tree)):
        if is_folder:
            yield from _below(packs, id_, seen)
        elif id_ not in seen:
            seen.add(id_)
            yield id_


def _raw(packs: list[PackReader], id_: bytes) -> bytes:
    return pack_with(packs, id_).read(id_)[1]


def _entries(raw: bytes) -> Iterator[tuple[bool, bytes]]:
    at = 0
    while at < len(raw):
        end = raw.index(b"\0", at)
        yield raw.startswith(_FOLDER, at), raw[end + 1 : end + 1 + ID_SIZE]
        at = end + 1 + ID_SIZE

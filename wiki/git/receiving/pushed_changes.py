"""The files that a push changes, compared with the newest commit of the wiki that it contains."""

import stat
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from wiki.community.proposals.proposing.parts import MAX_PARTS
from wiki.files.uploads.upload_batch import MAX_FILES
from wiki.git.mirror.mirror_state import MirroredItem, MirrorState
from wiki.git.mirror.pack_writer import COMMIT, ID_SIZE, TREE
from wiki.git.receiving.errors import PushRefused
from wiki.git.receiving.unpacking import PushedObjects
from wiki.hub.markdown_file import is_page_file
from wiki.i18n import lazy as _l

MAX_COMMITS = 1_000
MAX_FOLDERS = 20  # nesting depth
MAX_TREES = 5_000  # trees to read for a comparison
# Characters that some file systems ignore, so that a name would match `.git`.
_IGNORED = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0xFEFF])
_GIT_FOLDERS = (".git", "git~1")

_NO_BASE = _l(
    "The branch doesn’t begin with this wiki’s history. Clone it, and commit on top of that."
)
_MANY_COMMITS = _l("The branch has too many commits. Squash some of them, then push again.")
_MANY_FILES = _l(
    "The push changes more than %(pages)s pages, or brings more than %(files)s other files.",
    pages=MAX_PARTS,
    files=MAX_FILES,
)
_MANY_FOLDERS = _l("The push changes too many folders. Split it into several pushes.")
_EMPTY = _l("%(name)s is an empty folder, which the wiki doesn’t have.")
_LINK = _l("%(name)s is a symbolic link or a submodule, which the wiki doesn’t have.")
_NAME = _l("%(name)s isn’t a valid name for a page.")

_Entries = dict[bytes, tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class PushedFile:
    """A changed file: its new content, and the former name and content.

    Without a `blob` it is deleted, without an `old_blob` it is new.
    """

    name: str
    blob: bytes | None
    old_blob: bytes | None
    old_name: str


def base_of(objects: PushedObjects, state: MirrorState, tip: bytes) -> MirroredItem:
    """The newest commit of the wiki in the history of `tip`. Raises `PushRefused`."""
    found: list[MirroredItem] = []
    waiting, seen = [tip], set[bytes]()
    while waiting:
        commit = waiting.pop()
        if commit in seen:
            continue
        seen.add(commit)
        if len(seen) > MAX_COMMITS:
            raise PushRefused(_MANY_COMMITS)
        item = state.of_commit(commit)
        if item is not None:
            found.append(item)
        else:
            waiting += _parents(objects.read(commit, COMMIT))
    if not found:
        raise PushRefused(_NO_BASE)
    return max(found, key=lambda item: item.seq)


def changed_files(objects: PushedObjects, base: bytes, tip: bytes) -> list[PushedFile]:
    """The differences between two commits. Raises `PushRefused`."""
    old, new = (_tree(objects.read(commit, COMMIT)) for commit in (base, tip))
    changed: list[PushedFile] = []
    counts: Counter[tuple[bool, bool]] = Counter()
    for file in _Comparison(objects).differences(old, new):
        changed.append(file)
        # A deleted and an added page may be a rename.
        is_page, is_deleted = is_page_file(file.name), file.blob is None
        counts[is_page, is_deleted] += 1
        if counts[is_page, is_deleted] > (MAX_PARTS if is_page else MAX_FILES):
            raise PushRefused(_MANY_FILES)
    return changed


def subject_of(objects: PushedObjects, commit: bytes) -> str:
    """The first line of a commit's message."""
    _, _, message = objects.read(commit, COMMIT).partition(b"\n\n")
    return message.strip().partition(b"\n")[0].decode("utf-8", "replace")


class _Comparison:
    """Compares two trees folder by folder, reading at most `MAX_TREES` of them."""

    def __init__(self, objects: PushedObjects) -> None:
        self._objects = objects
        self._read = 0

    def differences(
        self, old: bytes | None, new: bytes | None, place: str = "", depth: int = 0
    ) -> Iterator[PushedFile]:
        """The differences between two trees. Raises `PushRefused`."""
        if old == new:
            return
        before, after = self._entries(old), self._entries(new)
        if new and place and not after:
            raise PushRefused(_EMPTY, place.rstrip("/"))
        for raw in sorted(before.keys() | after.keys()):
            was, now = before.get(raw), after.get(raw)
            if was == now:
                continue
            name = place + (_checked(raw, place) if now else raw.decode("utf-8", "replace"))
            if depth > MAX_FOLDERS:
                raise PushRefused(_NAME, name)
            if now and not (stat.S_ISDIR(now[0]) or stat.S_ISREG(now[0])):
                raise PushRefused(_LINK, name)
            folders = _id_of(was, stat.S_ISDIR), _id_of(now, stat.S_ISDIR)
            yield from self.differences(*folders, f"{name}/", depth + 1)
            file_before, file_after = _id_of(was, stat.S_ISREG), _id_of(now, stat.S_ISREG)
            if file_before != file_after:
                yield PushedFile(name, file_after, file_before, name)

    def _entries(self, tree: bytes | None) -> _Entries:
        if tree is None:
            return {}
        self._read += 1
        if self._read > MAX_TREES:
            raise PushRefused(_MANY_FOLDERS)
        return _entries(self._objects.read(tree, TREE))


def _id_of(entry: tuple[int, bytes] | None, is_kind: Callable[[int], bool]) -> bytes | None:
    return entry[1] if entry and is_kind(entry[0]) else None


def _checked(raw: bytes, place: str) -> str:
    """A name that can’t lead elsewhere. Raises `PushRefused`."""
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        raise PushRefused(_NAME, place + ascii(raw)) from None
    bare = name.translate(_IGNORED).lower().rstrip(" .")
    if not bare or bare in _GIT_FOLDERS or set("/\\:") & set(name):
        raise PushRefused(_NAME, place + name)
    return name


def _entries(raw: bytes) -> _Entries:
    entries: _Entries = {}
    at = 0
    while at < len(raw):
        end = raw.find(b"\0", at)
        mode, _, name = raw[at:end].partition(b" ")
        id_ = raw[end + 1 : end + 1 + ID_SIZE]
        if end < 0 or len(id_) != ID_SIZE or not mode.isdigit() or len(mode) > 6:
            raise PushRefused(_NO_BASE)
        entries[name] = (int(mode, 8) if set(mode) <= set(b"01234567") else 0, id_)
        at = end + 1 + ID_SIZE
    return entries


def _headers(commit: bytes) -> list[bytes]:
    return commit.partition(b"\n\n")[0].split(b"\n")


def _ids(commit: bytes, header: bytes) -> list[bytes]:
    found = [line.removeprefix(header) for line in _headers(commit) if line.startswith(header)]
    try:
        ids = [bytes.fromhex(id_.decode("ascii")) for id_ in found]
    except ValueError:
        raise PushRefused(_NO_BASE) from None
    if any(len(id_) != ID_SIZE for id_ in ids):
        raise PushRefused(_NO_BASE)
    return ids


def _parents(commit: bytes) -> list[bytes]:
    return _ids(commit, b"parent ")


def _tree(commit: bytes) -> bytes:
    tree = next(iter(_ids(commit, b"tree ")), None)
    if tree is None:
        raise PushRefused(_NO_BASE)
    return tree

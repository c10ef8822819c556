"""What each commit of a branch changed in a folder, in the order of `git log --topo-order`.

A commit is compared with its parent. A merge is compared with the state that all earlier commits
in this order have led to, so it adds only conflict resolutions and whatever that order got
wrong.
"""

import stat
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from dulwich.diff_tree import CHANGE_DELETE, RenameDetector, TreeChange, tree_changes
from dulwich.object_store import BaseObjectStore, iter_tree_contents
from dulwich.objects import Blob, Commit, ObjectID, ShaFile, Tree
from dulwich.repo import Repo
from dulwich.walk import ORDER_TOPO, Walker

from wiki.database import utcnow
from wiki.git.history.object_sizes import ObjectSizes
from wiki.git.history.repository import RepositoryUnavailable
from wiki.naming import is_hidden
from wiki.pages.models import AUTHOR_NAME_LIMIT

RENAME_SIMILARITY = 50  # per cent, the default of Git
COMPARED_LIMIT = 20_000_000  # bytes; larger files are not compared with others
_NOT_STORED = dict.fromkeys([0, *range(0xD800, 0xE000)])  # NUL and lone surrogates
_OF_PAGE = b"\nNexus-Page: "
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CommitFileChange:
    """A changed file: the id of its new blob and, if it was renamed, its former name.

    `mode` is Git’s: a regular file, a symbolic link or a submodule. Without a `blob`, the file
    is deleted; `before` is its previous blob.
    """

    name: bytes
    blob: ObjectID | None
    mode: int = 0
    former: bytes | None = None
    before: ObjectID | None = None


@dataclass(frozen=True, slots=True)
class CommitChanges:
    """A commit: its author, time and message, and the files that it changed."""

    id: str
    author: str
    email: str
    at: datetime
    subject: str
    changes: tuple[CommitFileChange, ...]


class CommitLog:
    """The commits of the branch that ends in `tip`, restricted to `folder`."""

    def __init__(self, repository: Repo, tip: ObjectID, folder: str = "") -> None:
        self._repository = repository
        self._store = repository.object_store
        self._parents = repository.parents_provider()
        self._sizes = ObjectSizes(Path(self._store.path))
        self._tip = tip
        # Names are UTF-8: a folder of another name is none.
        self._folder = [part.encode(errors="replace") for part in folder.split("/") if part]
        self._files: dict[bytes, tuple[int, ObjectID]] = {}  # after the commit read last
        if self._folder and self._tree_of(tip) is None:
            raise RepositoryUnavailable("folder", folder)

    def close(self) -> None:
        self._sizes.close()

    def ids(self) -> list[ObjectID]:
        """All commits, oldest first. Raises `ObjectFormatException`."""
        walker = Walker(
            self._store,
            include=[self._tip],
            order=ORDER_TOPO,
            reverse=True,
            get_parents=self._parents_of,
        )
        return [entry.commit.id for entry in walker]

    def start_at(self, commit: ObjectID) -> None:
        """Continue after a commit that was imported earlier."""
        self._files = self._files_of(self._tree_of(commit))

    def read(self, ids: list[ObjectID]) -> Iterator[CommitChanges]:
        """What each of these commits changed. They have to be given in order, starting with the
        first.
        """
        for id_ in ids:
            commit = self._commit(id_)
            changes = tuple(self._changes(commit))
            for change in changes:
                self._apply(change)
            yield _described(commit, changes)

    def files(self) -> Mapping[bytes, tuple[int, ObjectID]]:
        """Mode and blob of each file after the commit read last, by name within the folder."""
        return self._files

    def files_of_tip(self) -> Mapping[bytes, tuple[int, ObjectID]]:
        """The same for the newest commit of the branch."""
        return self._files_of(self._tree_of(self._tip))

    def above_tip(self, names: Collection[str]) -> list[tuple[str, bytes]]:
        """Files with these names in the folders above `folder`, nearest first.

        Each is given as the path from its folder down to `folder`, and its content.
        """
        found: list[tuple[str, bytes]] = []
        tree: ObjectID = self._commit(self._tip).tree
        for depth, part in enumerate(self._folder):
            inner = cast("Tree", self._store[tree])
            for name in names:
                if name.encode() in inner and is_plain(inner[name.encode()][0]):
                    below = b"/".join(self._folder[depth:]).decode()
                    found.append((below, self.content(inner[name.encode()][1])))
            tree = inner[part][1]
        return found[::-1]

    def content(self, blob: ObjectID) -> bytes:
        """Raises `RepositoryUnavailable`."""
        return self.object(blob).as_raw_string()

    def object(self, id_: ObjectID) -> ShaFile:
        """Raises `RepositoryUnavailable` for what a partial clone has left out."""
        try:
            return self._store[id_]
        except KeyError as error:
            raise RepositoryUnavailable("incomplete") from error

    def size_of(self, blob: ObjectID) -> int:
        """The size of a file in bytes, without reading it."""
        return self._sizes.size_of(blob) or 0

    def _changes(self, commit: Commit) -> Iterator[CommitFileChange]:
        tree = self._tree_of(commit.id)
        parents = self._parents_of(commit)
        if len(parents) > 1:
            yield from self._changes_of_merge(tree)
            return
        before = self._tree_of(parents[0]) if parents else None
        if before == tree:
            return
        store = cast("BaseObjectStore", _SmallObjects(self))
        renames = RenameDetector(store, rename_threshold=RENAME_SIMILARITY)
        found = tree_changes(self._store, before, tree, rename_detector=renames)
        yield from _joined(commit, [_name_change(change) for change in found])

    def _changes_of_merge(self, tree: ObjectID | None) -> Iterator[CommitFileChange]:
        found = self._files_of(tree)
        for name in sorted(self._files.keys() - found.keys()):
            yield CommitFileChange(name, None)
        for name, (mode, blob) in found.items():
            if self._files.get(name) != (mode, blob):
                before = self._files[name][1] if name in self._files else None
                yield CommitFileChange(name, blob, mode, before=before)

    def _files_of(self, tree: ObjectID | None) -> dict[bytes, tuple[int, ObjectID]]:
        return {
            entry.path: (entry.mode, entry.sha)
            for entry in (iter_tree_contents(self._store, tree) if tree else ())
            if entry.path and entry.mode and entry.sha
        }

    def _apply(self, change: CommitFileChange) -> None:
        if change.former:
            self._files.pop(change.former, None)
        if change.blob is None:
            self._files.pop(change.name, None)
        else:
            self._files[change.name] = (change.mode, change.blob)

    def _parents_of(self, commit: Commit) -> list[ObjectID]:
        """The parents that exist: in a shallow repository, the oldest commits lack theirs."""
        return self._parents.get_parents(commit.id, commit)

    def _commit(self, id_: ObjectID) -> Commit:
        return cast("Commit", self._repository[id_])

    def _tree_of(self, commit: ObjectID) -> ObjectID | None:
        tree: ObjectID = self._commit(commit).tree
        for part in self._folder:
            inner = self.object(tree)
            if not isinstance(inner, Tree) or part not in inner:
                return None
            mode, tree = inner[part]
            if not stat.S_ISDIR(mode):
                return None
        return tree


class _SmallObjects:
    """The object store for rename detection, in which files over the limit resemble none."""

    def __init__(self, log: CommitLog) -> None:
        self._log = log

    def __getitem__(self, id_: ObjectID) -> ShaFile:
        if self._log.size_of(id_) > COMPARED_LIMIT:
            return Blob.from_string(id_)
        return self._log.object(id_)


def _joined(commit: Commit, changes: list[CommitFileChange]) -> list[CommitFileChange]:
    """In a mirror of a wiki, each commit concerns one page: a deleted and an added file are a
    rename.
    """
    gone = [change for change in changes if change.blob is None]
    new = [change for change in changes if change.blob and not change.before]
    if len(changes) == 2 and gone and new and _OF_PAGE in commit.message:
        return [replace(new[0], former=gone[0].name)]
    return changes


def _name_change(change: TreeChange) -> CommitFileChange:
    old, new = change.old, change.new
    if change.type == CHANGE_DELETE or new is None or not new.path:
        return CommitFileChange((old.path if old else b"") or b"", None)
    former = old.path if old and change.type == "rename" and old.path != new.path else None
    return CommitFileChange(new.path, new.sha, new.mode or 0, former, old.sha if old else None)


def _described(commit: Commit, changes: tuple[CommitFileChange, ...]) -> CommitChanges:
    encoding = (commit.encoding or b"utf-8").decode("ascii", "replace")
    name, _, email = _text(commit.author, encoding).rpartition("<")
    visible = "".join(c for c in name if not is_hidden(c)).strip()
    return CommitChanges(
        commit.id.decode(),
        visible[:AUTHOR_NAME_LIMIT] or email.rstrip(">").partition("@")[0][:AUTHOR_NAME_LIMIT],
        email.rstrip("> "),
        _time(commit.author_time),
        _text(commit.message, encoding).strip().partition("\n\n")[0],
        changes,
    )


def _time(seconds: int | None) -> datetime:
    """The time of a commit, which may be before 1970 or beyond year 9999.

    Times in the future become now; otherwise, later changes would be listed as older.
    """
    try:
        return min(_LONG_AGO + timedelta(seconds=max(0, seconds or 0)), utcnow())
    except OverflowError:
        return _LONG_AGO


def _text(raw: bytes, encoding: str) -> str:
    """Decoded text in the encoding that the commit declares, without what can’t be stored."""
    try:
        text = raw.decode(encoding)
    except (LookupError, ValueError):
        text = raw.decode("utf-8", "replace")
    return text.translate(_NOT_STORED)


def is_plain(mode: int) -> bool:
    """Whether it is a regular file, neither a symbolic link nor a submodule."""
    return stat.S_ISREG(mode)

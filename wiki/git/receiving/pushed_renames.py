"""Detects which pages that a push deletes and adds are renames.

Git stores no renames. Like `git status`, this pairs a deleted with an added file if at least
half of their content is the same, most similar pairs first.
"""

from dataclasses import replace
from posixpath import basename

from wiki.git.mirror.pack_writer import BLOB
from wiki.git.receiving.pushed_changes import PushedFile
from wiki.git.receiving.unpacking import PushedObjects

SIMILAR = 50  # per cent
_PLAIN_FILE = 0o100644


def detect_renames(objects: PushedObjects, files: list[PushedFile]) -> list[PushedFile]:
    """`files` with each deleted and added pair replaced by one rename."""
    gone = {b"old%d" % n: file for n, file in enumerate(_ordered(files)) if file.blob is None}
    new = {b"new%d" % n: file for n, file in enumerate(_ordered(files)) if file.old_blob is None}
    former = {new[to].name: gone[was] for was, to in _pairs(objects, gone, new)} if gone else {}
    used = {file.name for file in former.values()}
    return [
        replace(file, old_blob=was.old_blob, old_name=was.name)
        if (was := former.get(file.name))
        else file
        for file in files
        if file.blob is not None or file.name not in used
    ]


def _ordered(files: list[PushedFile]) -> list[PushedFile]:
    """Files with equal names next to each other, so that several identical files pair up
    correctly.
    """
    return sorted(files, key=lambda file: (basename(file.name), file.name))


def _pairs(
    objects: PushedObjects, gone: dict[bytes, PushedFile], new: dict[bytes, PushedFile]
) -> list[tuple[bytes, bytes]]:
    """The keys of each deleted file and the added file it became."""
    from dulwich.diff_tree import CHANGE_RENAME, RenameDetector  # noqa: PLC0415  # 10 MB
    from dulwich.object_store import MemoryObjectStore  # noqa: PLC0415
    from dulwich.objects import Blob, ObjectID, Tree  # noqa: PLC0415

    store, trees = MemoryObjectStore(), list[ObjectID]()
    for files in (gone, new):
        tree = Tree()
        for key, file in files.items():
            blob = Blob.from_string(objects.read(file.blob or file.old_blob or b"", BLOB))
            store.add_object(blob)
            tree.add(key, _PLAIN_FILE, blob.id)
        store.add_object(tree)
        trees.append(tree.id)
    detector = RenameDetector(store, rename_threshold=SIMILAR, rewrite_threshold=None)
    return [
        (change.old.path, change.new.path)
        for change in detector.changes_with_renames(trees[0], trees[1])
        if change.type == CHANGE_RENAME and change.old and change.new
    ]

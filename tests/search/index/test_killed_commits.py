"""The index, killed at each moment of a commit: readers see the one before or the one after."""

import os
import shutil
import sys
import warnings
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.sampling import IS_LONG
from tests.search.shelf import Library, document
from wiki.search.index.index_reader import IndexReader
from wiki.search.index.manifest import current_folder, damaged_files
from wiki.search.index.segment_store import SegmentStore
from wiki.search.indexing.segment_jobs import MergeJob, remove_leftovers
from wiki.search.position import Position

# What Python tells of when it touches files; whatever was written and not flushed is torn off.
TOUCHES = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree")
KILLED = 9
STEP = 1 if IS_LONG else 4  # moments from one kill to the next


def killed_at(moment: int, folder: Path, act: Callable[[], None]) -> bool:
    """Run `act` in a process that dies when it touches a file in `folder` for the nth time.

    False when it came to its end before.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of other tests are not ours
        pid = os.fork()
    if pid == 0:
        touched = 0

        def die(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal touched
            if event in TOUCHES and str(arguments[0]).startswith(str(folder)):
                touched += 1
                if touched == moment:
                    os._exit(KILLED)

        sys.addaudithook(die)
        try:
            act()
        except BaseException:
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert status in (0, KILLED), "it failed before it was killed"
    return status == KILLED


NEW = {3: 2, 30: 1}  # revisions by page


def commit(store: SegmentStore) -> None:
    """Page 3 is changed, page 30 is new, page 4 goes away, and its segment with it."""
    added = [
        document(page, "Changed", "other word", revision_number=revision)
        for page, revision in NEW.items()
    ]
    store.apply(added, (4,), Position(0, 100))


@pytest.fixture
def shelf(library: Library) -> Path:
    """The root of an index of several segments, of which the next commit leaves some empty."""
    library.add_all(*(document(page, f"Page {page}", "word") for page in range(10, 30)))
    for page in range(1, 6):
        library.add(f"Page {page}", "word", page_id=page)
    return library.root


def revisions(root: Path) -> dict[int, int]:
    """What a searcher that opens the index now would find."""
    snapshot = IndexReader(root).snapshot()
    assert snapshot is not None, "nothing can be searched"
    return snapshot.revisions()


@pytest.mark.slow
def test_a_commit(shelf: Path, tmp_path: Path) -> None:
    before = revisions(shelf)
    after = {page: revision for page, revision in (before | NEW).items() if page != 4}
    for moment in count(1, STEP):
        root = shutil.copytree(shelf, tmp_path / "root")
        folder = current_folder(root)
        store = SegmentStore(folder)
        was_killed = killed_at(moment, root, lambda store=store: commit(store))
        assert revisions(root) in ((before, after) if was_killed else (after,)), moment
        again = SegmentStore(folder)
        commit(again)
        assert again.revisions() == revisions(root) == after, moment
        assert not damaged_files(folder, again.manifest), moment
        shutil.rmtree(root)
        if not was_killed:
            break
    assert moment > 10, "it was killed in the middle of something"


@pytest.mark.slow
def test_a_merge_that_is_adopted(shelf: Path, tmp_path: Path) -> None:
    store = SegmentStore(current_folder(shelf))
    merge = MergeJob(store, [entry.name for entry in store.manifest.segments])
    assert merge.process.wait(60) == 0
    name, before = merge.result.name, revisions(shelf)
    for moment in count(1, STEP):
        root = shutil.copytree(shelf, tmp_path / "root")
        folder = current_folder(root)
        store = SegmentStore(folder)
        was_killed = killed_at(
            moment, root, lambda s=store, r=folder / name: s.adopt(merge.sources, r)
        )
        assert revisions(root) == before, moment
        again = SegmentStore(folder)
        remove_leftovers(folder)
        commit(again)
        assert revisions(root) == again.revisions(), moment
        assert not damaged_files(folder, again.manifest), moment
        shutil.rmtree(root)
        if not was_killed:
            break
    merge.stop()
    assert moment > 10, "it was killed in the middle of something"

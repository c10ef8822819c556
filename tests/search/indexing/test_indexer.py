"""The indexer with a real database, outbox and index; documents come from the wiki's pages."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from itertools import pairwise

import pytest

from tests.search_index import catch_up
from wiki.database import db
from wiki.processes.modules import alive
from wiki.processes.supervisor import supervise
from wiki.search import outbox
from wiki.search.document_source import DOCUMENT_SOURCE
from wiki.search.index.index_folder import REBUILD_REQUESTED, search_folder
from wiki.search.index.index_reader import IndexReader
from wiki.search.index.manifest import CURRENT, MANIFEST, current_folder, read_manifest
from wiki.search.indexing import index_lock, parallel_build
from wiki.search.indexing.indexer import Indexer
from wiki.search.indexing.supervision import INDEXER
from wiki.search.position import Position
from wiki.search.service import SEARCH


@pytest.fixture
def root(app):
    return search_folder(app)


def total(app, query):
    return SEARCH.of(app).search(query).total


def indexer(app):
    lock = index_lock.acquire(search_folder(app))
    assert lock
    return Indexer(search_folder(app), DOCUMENT_SOURCE.of(app), lock)


def test_a_save_is_found_after_catching_up(any_app, make_page, index_now):
    make_page(path="redis", title="Redis", text="A cache.")
    index_now()
    assert total(any_app, "cache") == 1
    make_page(path="memcached", title="Memcached", text="Another cache.")
    index_now()
    assert total(any_app, "cache") == 2


def test_a_missing_index_is_built_and_then_followed(app, make_page, index_now, root):
    for number in range(5):
        make_page(path=f"p{number}", text="zebra")
    index_now()
    shutil.rmtree(root)
    assert SEARCH.of(app).search("zebra").state == "missing"
    index_now()
    assert total(app, "zebra") == 5


# Whoosh leaves the file open when its table of contents makes no sense.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("harm", ["current", "manifest", "segment", "arrays", "toc", "cut", "flip"])
def test_a_harmed_index_is_rebuilt(app, make_page, index_now, root, harm):
    make_page(path="a", text="zebra")
    make_page(path="b", text="zebra")
    index_now()
    folder = current_folder(root)
    segment = read_manifest(folder).segments[0]
    files = {
        "current": root / CURRENT,
        "manifest": folder / MANIFEST,
        "segment": folder / f"{segment.name}.seg",
        "arrays": folder / segment.arrays,
        "toc": next(folder.glob("*.toc")),
        "cut": folder / f"{segment.name}.seg",
        "flip": folder / segment.arrays,
    }
    if harm == "flip":
        data = bytearray(files[harm].read_bytes())
        data[len(data) // 2] ^= 255
        files[harm].write_bytes(data)
    elif harm in ("cut", "toc"):
        os.truncate(files[harm], 40)
    else:
        files[harm].unlink()
    with app.app_context():
        one = indexer(app)
        one.open(verify=True)
        one.drain()
        one.lock.release()
    assert total(app, "zebra") == 2
    assert len(list(root.glob("index-*"))) == 1


def test_mending_finds_what_differs(app, make_page, index_now):
    make_page(path="a", text="zebra")
    index_now()
    with app.app_context():
        one = indexer(app)
        one.store = one.open()
        one.store.apply((), (1,), one.store.position)
        assert len(one.repair_differences()) == 1
        assert one.repair_differences() == []
        one.lock.release()
    assert total(app, "zebra") == 1


def test_a_restored_database_is_indexed_anew(app, make_page, index_now):
    """The index has read further than the outbox reaches."""
    make_page(path="a", text="zebra")
    index_now()
    with app.app_context():
        one = indexer(app)
        store = one.open()
        store.apply((), (1,), Position(0, 10**6))
        one.close()
        one.drain()
        assert one.open().position == outbox.newest(db.session())
        one.lock.release()
    assert total(app, "zebra") == 1


def test_a_taken_lock_file_ends_the_indexer(app, make_page, root):
    make_page(path="a", text="zebra")
    lock = index_lock.acquire(root)
    assert lock.is_held()
    assert index_lock.acquire(root) is None
    (root / index_lock.INDEX_LOCK).unlink()
    assert not lock.is_held()
    other = index_lock.acquire(root)
    assert other
    other.release()
    lock.release()


def test_searches_are_answered_while_another_index_is_built(app, make_page, index_now, root):
    make_page(path="a", text="zebra")
    index_now()
    totals = []
    with app.app_context():
        one = indexer(app)
        one.open()
        one.rebuild(lambda done, all_pages: totals.append(total(app, "zebra")))
        one.lock.release()
    assert set(totals) == {1}
    assert len(list(root.glob("index-*"))) == 1


def test_the_live_index_is_merged_while_another_one_is_built(
    app, make_page, index_now, root, monkeypatch
):
    for number in range(8):
        make_page(path=f"p{number}", text="zebra")
    index_now()
    live, segments = current_folder(root), []
    one, read = indexer(app), parallel_build.documents_of

    def read_beside_saves(*asked):
        for number, document in enumerate(read(*asked)):
            make_page(path=f"saved{number}", text="zebra")
            if one.merge:
                one.merge.process.wait()
            segments.append(len(read_manifest(live).segments))
            yield document

    monkeypatch.setattr("wiki.search.indexing.indexer.MAX_SEGMENTS", 3)
    monkeypatch.setattr(parallel_build, "LOAD_BATCH", 1)
    monkeypatch.setattr(parallel_build, "documents_of", read_beside_saves)
    with app.app_context():
        one.open()
        one.rebuild()
        one.lock.release()
    index_now()
    assert any(after < before for before, after in pairwise(segments)), segments
    assert total(app, "zebra") == 16


def test_a_rebuild_that_failed_is_still_asked_for(app, make_page, index_now, root, monkeypatch):
    make_page(path="a", text="zebra")
    index_now()
    before = current_folder(root)
    (root / REBUILD_REQUESTED).touch()
    failing, tried = indexer(app), []

    def fail(*_):
        tried.append(True)
        raise OSError("no space left")

    with app.app_context(), monkeypatch.context() as patch:
        patch.setattr(Indexer, "_fill", fail)
        with pytest.raises(OSError, match="no space left"):
            failing.do_housekeeping()
        failing.do_housekeeping()  # not at once: it would only fail again
    failing.lock.release()
    assert len(tried) == 1
    assert current_folder(root) == before
    following = indexer(app)
    with app.app_context():
        following.do_housekeeping()
    following.lock.release()
    assert current_folder(root) != before
    assert not (root / REBUILD_REQUESTED).exists()
    assert total(app, "zebra") == 1


def test_a_process_is_known_to_live():
    assert alive(os.getpid())()
    child = subprocess.Popen([sys.executable, "-c", ""])
    is_alive = alive(child.pid)
    child.wait()
    assert not is_alive()
    assert not alive(child.pid)()


# The real process


@pytest.fixture
def supervisor(app):
    found = supervise(app, INDEXER, os.getpid())
    yield found
    found.stop()


def wait_for(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.slow
def test_whatever_is_killed_nothing_is_lost_or_doubled(app, make_page, supervisor):
    chance = random.Random(7)
    count = 0
    for _ in range(2):
        until = time.monotonic() + chance.uniform(0.2, 1.0)
        while time.monotonic() < until:
            make_page(path=f"p{count}", title=f"Page {count}", text="zebra")
            count += 1
        if supervisor.child:
            os.kill(supervisor.child.pid, signal.SIGKILL)
    wait_for(lambda: total(app, "zebra") == count)
    snapshot = IndexReader(search_folder(app)).snapshot()
    assert len(set(snapshot.pages[snapshot.live].tolist())) == snapshot.live.sum() == count


@pytest.mark.slow
def test_a_deleted_folder_comes_back_by_itself(app, make_page, supervisor, root):
    make_page(path="a", text="zebra")
    wait_for(lambda: total(app, "zebra") == 1)
    # At one blow: entry by entry it would run into the follower, which adds and removes some too.
    shutil.rmtree(root.rename(root.with_name("taken-away")))
    wait_for(lambda: total(app, "zebra") == 1)
    make_page(path="b", text="zebra")
    wait_for(lambda: total(app, "zebra") == 2)


@pytest.mark.slow
def test_there_is_one_follower_however_many_watch(app, make_page, supervisor, monkeypatch):
    asked = []
    acquire = index_lock.acquire
    monkeypatch.setattr("wiki.processes.supervisor.LOCK_CHECK_INTERVAL", 0.02)
    monkeypatch.setattr(index_lock, "acquire", lambda root: (asked.append(root), acquire(root))[1])
    make_page(path="a", text="zebra")
    others = [supervise(app, INDEXER, os.getpid()) for _ in range(2)]
    wait_for(lambda: total(app, "zebra") == 1)
    asked.clear()
    wait_for(lambda: len(asked) > 4)  # those without a follower have looked at the lock again
    children = [one.child for one in (supervisor, *others)]
    assert sum(child is not None and child.poll() is None for child in children) == 1
    for other in others:
        other.stop()


@pytest.mark.slow
def test_catching_up_waits_for_a_follower(app, make_page, supervisor):
    make_page(path="a", text="zebra")
    wait_for(lambda: supervisor.child is not None)
    catch_up(app)
    assert total(app, "zebra") == 1


@pytest.mark.parametrize("program", [sys.executable, "/bin/false"])
def test_a_large_index_is_built_in_parts(app, make_page, index_now, monkeypatch, program):
    """By processes of their own; what one of them doesn't bring is built here."""
    for number in range(5):
        make_page(path=f"p{number}", text="zebra")
    monkeypatch.setattr("wiki.search.indexing.parallel_build.MIN_PART_SIZE", 3)
    monkeypatch.setattr("wiki.search.indexing.parallel_build.os.cpu_count", lambda: 2)
    monkeypatch.setattr("wiki.processes.modules.sys.executable", program)
    with app.app_context():
        one = indexer(app)
        store = one.rebuild()
        # The first is small, and searched at once.
        assert len(store.manifest.segments) == 3
        assert not list(store.folder.glob("merge-*"))
        one.lock.release()
    assert total(app, "zebra") == 5
    make_page(path="later", text="zebra")
    index_now()
    assert total(app, "zebra") == 6


def test_how_far_a_part_is_never_goes_back(app, make_page, monkeypatch):
    """Its process empties the file before it writes a new number."""
    make_page(path="a")
    monkeypatch.setattr("wiki.processes.modules.sys.executable", "/bin/false")
    with app.app_context():
        one = indexer(app)
        part = parallel_build.BuildPart(app, one.rebuild(), [1])
        for written, done in (("100", 100), ("", 100), ("200", 200)):
            (part.result / parallel_build.PROGRESS_FILE).write_text(written)
            assert part.done == done
        part.stop()
        one.lock.release()


@pytest.mark.slow
def test_files_that_are_cut_beneath_a_running_follower_are_built_anew(
    app, make_page, supervisor, root
):
    make_page(path="a", text="zebra")
    wait_for(lambda: total(app, "zebra") == 1)
    for arrays in root.glob("index-*/arrays/*"):
        os.truncate(arrays, 100)
    assert total(app, "zebra") == 0  # answered, by a process that lives
    wait_for(lambda: total(app, "zebra") == 1)
    make_page(path="b", text="zebra")
    wait_for(lambda: total(app, "zebra") == 2)

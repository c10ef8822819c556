import shutil
import threading

import numpy as np
import pytest

from tests.search.shelf import Library, document
from wiki.search.index.index_folder import CHECK_REQUESTED
from wiki.search.index.manifest import MANIFEST, damaged_files, make_current, read_manifest
from wiki.search.index.postings_export import posting_blocks
from wiki.search.index.segment_store import (
    MAX_SEGMENTS,
    MAX_SEGMENTS_IDLE,
    SegmentStore,
    merge_segments,
)
from wiki.search.indexing.segment_jobs import EXIT_SOURCES_GONE, MergeJob
from wiki.search.position import Position
from wiki.search.service import Search


def test_a_new_version_takes_the_place_of_the_old(library):
    page = library.add("Redis", "a cache")
    library.add("Redis", "a store", page_id=page)
    assert library.titles("cache") == []
    assert library.titles("store") == ["Redis"]


def test_a_removed_page_is_gone(library):
    page = library.add("Redis", "a cache")
    library.remove(page)
    assert library.results("cache").total == 0


def test_many_commits_and_merges_leave_few_segments(library):
    for number in range(40):
        library.add(f"Page {number}", "word")
        if names := library.store.due_merge():
            merge = MergeJob(library.store, names)
            assert merge.process.wait(60) == 0
            assert merge.finish()
        assert len(library.store.manifest.segments) <= MAX_SEGMENTS
    assert library.results("word").total == 40


def test_a_killed_commit_is_made_good(library, monkeypatch):
    """Whoosh has committed, the manifest is not written: the worst place to die."""
    library.add("Before", "word")
    monkeypatch.setattr("wiki.search.index.segment_store.write_manifest", _die)
    with pytest.raises(KeyboardInterrupt):
        library.add("After", "word")
    monkeypatch.undo()
    store = SegmentStore(library.store.folder)
    assert store.position == Position(0, 1)
    store.apply([document(2, "After", "word")], (), Position(0, 2))
    assert library.results("word").total == 2
    assert store.revisions() == {1: 1, 2: 1}


def _die(*_):
    raise KeyboardInterrupt


def test_a_full_disk_loses_nothing(library, monkeypatch):
    library.add("Before", "word")
    monkeypatch.setattr("wiki.search.index.postings_export.write_arrays", _full)
    with pytest.raises(OSError, match="No space"):
        library.add("After", "word")
    assert library.results("word").total == 1
    monkeypatch.undo()
    store = SegmentStore(library.store.folder)
    store.apply([document(2, "After", "word")], (), Position(0, 2))
    assert library.results("word").total == 2


def _full(*_):
    raise OSError(28, "No space left on device")


def test_one_page_that_cannot_be_analysed_holds_up_no_other(library, monkeypatch):
    real = library.store._prepared if hasattr(library.store, "_prepared") else None
    assert real is None
    from wiki.search.index import segment_store as module

    def fields_of(one):
        if one.title == "Poison":
            raise ValueError("poison")
        return original(one)

    original = module.fields_of
    monkeypatch.setattr(module, "fields_of", fields_of)
    library.add_all(document(1, "Poison", "word"), document(2, "Sound", "word"))
    assert library.titles("word") == ["Sound"]


def test_a_merge_beside_commits_keeps_what_they_changed(library):
    for start in range(1, 200, 40):
        library.add_all(*(document(n, f"Page {n}", "word") for n in range(start, start + 40)))
    names = [entry.name for entry in library.store.manifest.segments]
    merge = MergeJob(library.store, names)
    library.remove(7)
    library.add("Changed", "other", page_id=8)
    assert merge.process.wait(60) == 0
    assert merge.finish()
    assert len(library.store.manifest.segments) == 2
    assert library.results("word").total == 198
    assert library.titles("other") == ["Changed"]
    assert library.store.revisions().keys() == set(range(1, 201)) - {7}
    assert damaged_files(library.store.folder, library.store.manifest) == []


def test_small_segments_are_merged_and_large_ones_left_alone(library, monkeypatch):
    def due() -> list[int]:
        counts = {entry.name: entry.count for entry in library.store.manifest.segments}
        return sorted(counts[name] for name in library.store.due_merge(6))

    def add(start: int, count: int) -> None:
        library.add_all(*(document(n, "Page", "word") for n in range(start, start + count)))

    for start, count in ((0, 150), (200, 150), (400, 40), (500, 40), (600, 40), (700, 40)):
        add(start + 1, count)
    assert due() == []
    add(800, 45)
    assert due() == [40, 40, 40, 40, 45, 150, 150]
    monkeypatch.setattr("wiki.search.index.segment_store.LARGE_SEGMENT", 100)
    assert due() == []
    add(900, 31)
    add(1000, 31)
    assert due() == [31, 31, 40, 40, 40, 40, 45]


def test_when_nobody_saves_more_is_merged(library):
    for start, count in ((1, 60), (100, 1), (200, 1), (300, 2), (400, 1)):
        library.add_all(*(document(n, "Page", "word") for n in range(start, start + count)))
    assert library.store.due_merge() == []
    counts = {entry.name: entry.count for entry in library.store.manifest.segments}
    assert sorted(counts[name] for name in library.store.due_merge(MAX_SEGMENTS_IDLE)) == [
        1,
        1,
        1,
        2,
    ]


def test_a_source_of_a_merge_may_lose_all_its_documents(library):
    for start in (1, 50, 100):
        library.add_all(*(document(n, f"Page {n}", "word") for n in range(start, start + 3)))
    merge = MergeJob(library.store, [entry.name for entry in library.store.manifest.segments[:2]])
    assert merge.process.wait(60) == 0
    for page in (1, 2, 3):
        library.remove(page)
    assert merge.finish()
    assert library.results("word").total == 6
    assert damaged_files(library.store.folder, library.store.manifest) == []


def test_a_merge_whose_sources_have_all_gone_revives_nothing(library):
    library.add("Old", "word", page_id=1)
    library.add("Gone", "word", page_id=2)
    names = [entry.name for entry in library.store.manifest.segments]
    result = library.store.folder / "merge-1"
    merge_segments(library.store.folder, names, result)
    changed = document(1, "New", "word", revision_number=2)
    library.store.apply([changed], [2], Position(0, 3))
    library.store.adopt(names, result)
    assert library.results("word").total == 1
    assert library.store.revisions() == {1: 2}
    assert not result.exists()


def test_a_reader_of_the_former_index_finds_what_a_rebuild_wrote(library):
    library.add("Redis", "a cache")
    assert library.titles("cache") == ["Redis"]
    former = library.store.folder
    library.store = SegmentStore.create(library.root, Position())
    library.add("Valkey", "a cache", page_id=1)
    make_current(library.root, library.store.folder)
    shutil.rmtree(former)
    assert library.titles("cache") == ["Valkey"]


@pytest.mark.parametrize("is_listed", [False, True])
def test_a_merge_whose_sources_go_before_it_begins_ends_quietly(library, is_listed, capfd, caplog):
    """All pages of a segment are saved anew: its file goes, after or before it was chosen."""
    library.add_all(*(document(n, "Old", "word") for n in range(1, 10)))
    library.add_all(*(document(n, "Old", "word") for n in range(20, 30)))
    first, second = (entry.name for entry in library.store.manifest.segments)
    if is_listed:
        (library.store.folder / f"{first}.seg").unlink()
    else:
        library.add_all(*(document(n, "New", "word") for n in range(1, 10)))
    merge = MergeJob(library.store, [first, second])
    assert merge.process.wait(60) == EXIT_SOURCES_GONE
    assert not merge.finish()
    assert capfd.readouterr().err == ""
    assert caplog.text == ""
    assert list(library.store.folder.glob("merge-*")) == []


def test_a_merge_whose_process_was_killed_changes_nothing(library):
    library.add_all(*(document(n, f"Page {n}", "word") for n in range(1, 50)))
    library.add_all(*(document(n, f"Page {n}", "word") for n in range(50, 99)))
    merge = MergeJob(library.store, [entry.name for entry in library.store.manifest.segments])
    merge.process.kill()
    merge.process.wait()
    assert not merge.finish()
    assert library.results("word").total == 98


def test_old_searches_go_on_while_segments_are_merged_away(library):
    library.add("One", "word")
    snapshot = library.search.index.snapshot()
    for number in range(20):
        library.add(f"Page {number}", "word")
    assert snapshot.holding("content", "word").sum() == 1


def test_the_quick_way_to_read_postings_is_the_public_one(library):
    library.add_all(*(document(n, "Title", "word " * n) for n in range(1, 400)))
    from whoosh import index

    reader = index.open_dir(str(library.store.folder)).reader()
    for term in (b"word", b"titl"):
        quick = [
            row
            for block in posting_blocks(reader.postings("content", term), with_values=True)
            for row in zip(*block, strict=True)
        ]
        assert quick == list(_posting_by_posting(reader.postings("content", term)))
        assert quick
    reader.close()


def _posting_by_posting(matcher):
    while matcher.is_active():
        yield matcher.id(), matcher.weight(), matcher.value()
        matcher.next()


@pytest.mark.parametrize("harm", ["cut", "gone", "empty"])
def test_a_harmed_array_file_is_never_read(library, harm):
    library.add("Redis", "a cache")
    assert library.titles("cache") == ["Redis"]
    path = library.store.folder / library.store.manifest.segments[0].arrays
    if harm == "gone":
        path.unlink()
    else:
        with path.open("r+b") as file:
            file.truncate(100 if harm == "cut" else 0)
    assert library.search.search("cache").state == "missing"
    assert Search(library.root).search("cache").state == "missing"


def test_flipped_bytes_are_found_by_their_checksum(library):
    library.add("Redis", "a cache")
    for name in library.store.manifest.segments[0].files:
        path = library.store.folder / name
        good = path.read_bytes()
        path.write_bytes(good[:500] + bytes([good[500] ^ 255]) + good[501:])
        assert damaged_files(library.store.folder, library.store.manifest) == [name]
        path.write_bytes(good)


def test_a_search_that_fails_has_the_index_looked_at(library, monkeypatch):
    library.add("Redis", "a cache")

    def fail(*_):
        raise IndexError("garbage")

    monkeypatch.setattr("wiki.search.service.evaluate", fail)
    assert library.search.search("cache").state == "rebuilding"
    assert (library.root / CHECK_REQUESTED).exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": 1}', '{"segments": [1]}'])
def test_a_broken_manifest_is_no_index(library, text):
    library.add("Redis", "a cache")
    (library.store.folder / MANIFEST).write_text(text)
    assert library.search.search("cache").state == "missing"


def test_an_index_of_another_format_is_not_read(library, monkeypatch):
    library.add("Redis", "a cache")
    monkeypatch.setattr("wiki.search.index.manifest.FORMAT", 99)
    assert Search(library.root).search("cache").state == "missing"


def test_a_deleted_folder_is_no_error(library):
    library.add("Redis", "a cache")
    library.titles("cache")
    shutil.rmtree(library.root)
    assert library.search.search("cache").state == "missing"


def test_weights_are_summed_before_they_saturate(tmp_path):
    library = Library(tmp_path / "other")
    library.add("Cache", "cache", headings=("cache",))
    arrays = library.search.index.snapshot().segments[0]
    weights = arrays.weights(arrays.find("content", "cach"))
    assert np.isclose(weights[0], 6.0 + 2.5 + 1.0 + 1.0)  # the text is its own opening
    assert read_manifest(library.store.folder).position == Position(0, 1)


@pytest.mark.slow
def test_threads_share_one_search_while_commits_go_on(library):
    library.add_all(*(document(n, f"Page {n}", "word " * n) for n in range(1, 40)))
    wrong: list[object] = []

    def ask():
        for _ in range(40):
            found = library.search.search('word OR "page 7"', count=5)
            if found.state != "ready" or not 39 <= found.total <= 59 or len(found.hits) != 5:
                wrong.append(found)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(100, 120):
        library.add("More", "word", page_id=number)
    for thread in threads:
        thread.join()
    assert not wrong

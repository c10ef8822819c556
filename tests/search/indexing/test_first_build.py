"""An index that is built where none can answer: it does with what it has, and is built once."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.person import Person
from wiki.database import db
from wiki.pages.writing.write import delete_page
from wiki.search.document_source import DOCUMENT_SOURCE
from wiki.search.index.index_folder import REBUILD_REQUESTED, REBUILDING, search_folder
from wiki.search.indexing import index_lock, parallel_build
from wiki.search.indexing.indexer import Indexer
from wiki.search.service import SEARCH

JSON = {"Accept": "application/json"}


@pytest.fixture
def root(app: Flask) -> Path:
    return search_folder(app)


@pytest.fixture
def indexer(app: Flask, root: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Of six pages with the word zebra, two are in the first part."""
    monkeypatch.setattr(parallel_build, "MIN_PART_SIZE", 8)
    lock = index_lock.acquire(root)
    assert lock
    yield Indexer(root, DOCUMENT_SOURCE.of(app), lock)
    lock.release()


@pytest.fixture
def pages(make_page: Any) -> None:
    for number in range(6):
        make_page(f"p{number}", title=f"Page {number}", text=f"zebra word{number}\n")


def test_what_is_built_answers_and_the_rest_comes_from_the_database(
    app: Flask, client: Person, indexer: Any, pages: None
) -> None:
    seen = []

    def look(done: int, total: int) -> None:
        answers = [
            client.get(f"/search?q={q}", headers=JSON).get_json() for q in ("zebra", "word5")
        ]
        seen.append((done, *(answer["total"] for answer in answers)))
        if 0 < done < total:
            assert answers[0]["state"] == "building"
            assert answers[0]["progress"] == {"done": 2, "total": 6}
            titles = [hit["title"] for hit in answers[0]["hits"]]
            assert sorted(titles) == [f"Page {number}" for number in range(6)]
            assert {"Page 0", "Page 1"} == {titles[0], titles[2]}
            second = client.get("/search?q=zebra&per_page=4&page=2", headers=JSON).get_json()
            assert [hit["title"] for hit in second["hits"]] == titles[4:]
            suggested = client.get("/search/suggest?q=page").get_json()[1]
            assert sorted(suggested) == [f"Page {number}" for number in range(6)]
            assert client.get("/readyz").get_json()["index"] == "building"
            page = client.get("/search?q=zebra").text
            assert "It holds 2 of 6 pages so far." in page
            assert "straight from the database" not in page
            assert "straight from the database" in client.get("/search?q=word5").text

    with app.app_context():
        indexer.rebuild(look)
    assert dict.fromkeys(seen) == dict.fromkeys([(0, 6, 1), (2, 6, 1), (6, 6, 6)])
    assert client.get("/search?q=zebra", headers=JSON).get_json()["state"] == "ready"


def test_what_is_saved_and_deleted_meanwhile_is_in_it_once(
    app: Flask, indexer: Any, pages: None, make_page: Any
) -> None:
    def change(done: int, _total: int) -> None:
        if done == 2 and not changed:
            changed.append(done)
            make_page("late", title="Late", text="zebra\n")
            delete_page(6, base_revision=1, by=None)
            delete_page(1, base_revision=1, by=None)

    changed: list[int] = []
    with app.app_context():
        indexer.rebuild(change)
        assert indexer.repair_differences() == []
        indexer.drain()
    found = SEARCH.of(app).search("zebra")
    assert sorted(hit.page_id for hit in found.hits) == [2, 3, 4, 5, 7]


def test_an_index_that_another_process_made_answers_until_it_is_replaced(
    app: Flask, root: Path, indexer: Any, pages: None
) -> None:
    totals = []
    with app.app_context():
        indexer.rebuild()
        other = Indexer(root, DOCUMENT_SOURCE.of(app), indexer.lock)
        other.rebuild(lambda *_: totals.append(SEARCH.of(app).search("zebra").total))
    assert set(totals) == {6}


def test_a_build_that_was_killed_is_completed(
    app: Flask, root: Path, indexer: Any, pages: None
) -> None:
    def die(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with app.app_context():
        with pytest.raises(KeyboardInterrupt):
            indexer.rebuild(die)
        assert SEARCH.of(app).search("zebra").total == 2
        first = indexer.store.folder
        indexer.close()
        assert indexer.open().folder == first
    found = SEARCH.of(app).search("zebra")
    assert (found.state, found.total) == ("ready", 6)
    assert not (root / REBUILDING).exists()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wiki.search.cli.LOCK_WAIT", 0)
    monkeypatch.setattr("wiki.search.indexing.consistency.INDEXER_WAIT", 0)


@pytest.mark.usefixtures("impatient", "pages")
def test_check_tells_what_is_behind_from_what_differs(
    app: Flask, root: Path, indexer: Any, make_page: Any
) -> None:
    def check() -> str:
        return app.test_cli_runner().invoke(args=["search", "check"]).output

    assert "0 pages differed.\nThe index is 6 pages behind" in check()
    assert not (root / REBUILD_REQUESTED).exists()
    with app.app_context():
        indexer.rebuild()
        make_page("late", text="zebra\n")
        assert "0 pages differed.\nThe index is 1 page behind" in check()
        assert indexer.repair_differences() == []
        indexer.drain()
        db.session.rollback()
    assert "behind" not in check()


def test_a_page_says_that_many_pages_were_just_saved(
    app: Flask, client: Person, indexer: Any, pages: None, make_page: Any
) -> None:
    with app.app_context():
        indexer.rebuild()
    for number in range(20):
        make_page(f"new{number}", text="zebra\n")
    assert "20 pages were just saved." in client.get("/search?q=zebra").text
    assert client.get("/search?q=zebra", headers=JSON).get_json()["behind"] == 20

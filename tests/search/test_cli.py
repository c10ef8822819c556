import shutil

import pytest

from wiki.database import db
from wiki.search import outbox
from wiki.search.cli import search_group
from wiki.search.document_source import DOCUMENT_SOURCE
from wiki.search.index.index_folder import REBUILD_REQUESTED, search_folder
from wiki.search.indexing import index_lock
from wiki.search.indexing.indexer import Indexer
from wiki.search.service import SEARCH


@pytest.fixture
def run(app):
    return lambda *arguments: app.test_cli_runner().invoke(search_group, arguments)


@pytest.fixture
def pages(make_page):
    for number in range(3):
        make_page(path=f"p{number}", text="zebra")


def total(app):
    return SEARCH.of(app).search("zebra").total


def test_rebuild_makes_an_index_out_of_nothing(app, run, pages):
    answer = run("rebuild")
    assert answer.exit_code == 0, answer.output
    assert "contains 3 pages" in answer.output
    assert total(app) == 3


def test_check_tells_how_many_differed_and_mends_them(app, run, pages):
    run("rebuild")
    with app.app_context():
        lock = index_lock.acquire(search_folder(app))
        indexer = Indexer(search_folder(app), DOCUMENT_SOURCE.of(app), lock)
        store = indexer.open()
        store.apply((), (1, 2), store.position)
        lock.release()
    assert total(app) == 1
    assert "2 pages differed." in run("check").output
    assert "0 pages differed." in run("check").output
    assert total(app) == 3


@pytest.mark.parametrize("is_running", [False, True])
def test_check_names_the_pages_that_differ(
    app, run, make_page, client_of, *, index_now, is_running, monkeypatch
):
    monkeypatch.setattr("wiki.search.cli.LOCK_WAIT", 0)
    monkeypatch.setattr("wiki.search.cli.MAX_PAGES_NAMED", 2)
    for path in ("a/gone", "a/b", "c", "d", "e"):
        make_page(path=path)
    index_now()
    client_of("selam").open_form("/delete/a/gone").submit(summary="old")
    lock = index_lock.acquire(search_folder(app))
    with app.app_context():
        store = Indexer(search_folder(app), DOCUMENT_SOURCE.of(app), lock).open()
        # It has read of the deletion, and is wrong all the same.
        store.apply((), (2, 3), outbox.newest(db.session()))
        db.session.rollback()
    if not is_running:
        lock.release()
    lines = ["page 1, which was deleted", "a/b", "and 1 more", "3 pages differed."]
    answer = run("check")
    assert answer.output.splitlines() == lines
    assert answer.exit_code == 0
    if is_running:
        lock.release()
    assert "0 pages differed." in run("check").output.splitlines()[-1]


def test_check_rebuilds_what_is_gone(app, run, pages):
    run("rebuild")
    shutil.rmtree(search_folder(app))
    assert run("check").exit_code == 0
    assert total(app) == 3


def test_beside_a_running_indexer_both_ask_it(app, run, pages, index_now, monkeypatch):
    monkeypatch.setattr("wiki.search.cli.LOCK_WAIT", 0)
    index_now()
    lock = index_lock.acquire(search_folder(app))
    assert "0 pages differed." in run("check").output
    assert "server is rebuilding" in run("rebuild").output
    assert (search_folder(app) / REBUILD_REQUESTED).exists()
    lock.release()


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_what_an_older_transaction_holds_back_is_no_difference(
    app, run, index_now, make_page, monkeypatch
):
    monkeypatch.setattr("wiki.search.cli.LOCK_WAIT", 0)
    make_page(path="early")
    index_now()
    lock = index_lock.acquire(search_folder(app))
    with app.app_context(), db.engine.connect() as other:
        other.execute(db.text("SELECT pg_current_xact_id()"))
        make_page(path="late")
        assert "0 pages differed." in run("check").output
    lock.release()


def test_two_followers_are_one_too_many(app, run):
    lock = index_lock.acquire(search_folder(app))
    answer = run("follow")
    assert answer.exit_code == 1
    assert "Another indexer" in answer.output
    lock.release()

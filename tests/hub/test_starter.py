"""The starter pages of a new wiki."""

import threading

import pytest

from tests.processor_time import bounded
from wiki.database import db
from wiki.hub.starter import STARTER_FOLDER, load_starter_pages, starter_pages
from wiki.kinds.current import all_kinds
from wiki.naming import path_key
from wiki.pages.models import Page

FILES = len(list(STARTER_FOLDER.rglob("*.md")))


def count(app):
    with app.app_context():
        return db.session.query(Page).count()


def test_an_empty_wiki_gets_them_once(app, client):
    assert load_starter_pages(app) == FILES
    assert load_starter_pages(app) == 0
    assert count(app) == FILES
    assert client.get("/wiki/technologies/python").status_code == 200
    assert "Nexus" in client.get("/history/technologies/python").text


@pytest.mark.settings(starter_pages=True)
def test_a_wiki_that_begins_with_an_import_gets_them(app, tmp_path):
    (tmp_path / "pages.jsonl").write_text('{"title": "Mine", "path": "mine", "text": "x"}\n')
    for shown in (f"{FILES} starter pages loaded.", ""):
        done = app.test_cli_runner().invoke(args=["import", str(tmp_path / "pages.jsonl")])
        assert done.exit_code == 0
        assert shown in done.output
    assert "starter" not in done.output
    assert count(app) == FILES + 1


def test_a_wiki_with_a_page_gets_none(app, make_page):
    make_page(path="mine")
    assert load_starter_pages(app) == 0


def test_a_wiki_whose_only_page_was_deleted_gets_none(app, make_page):
    from wiki.pages.writing.write import delete_page

    saved = make_page(path="mine")
    with app.app_context():
        delete_page(saved.page_id, base_revision=1, by=None)
    assert load_starter_pages(app) == 0


def test_two_that_start_at_once_write_them_once(any_app):
    results, errors = [], []

    def load():
        try:
            results.append(load_starter_pages(any_app))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert sorted(results) == [0, FILES]
    assert count(any_app) == FILES


@pytest.mark.slow
def test_a_new_wiki_does_not_keep_people_waiting(app):
    with bounded(2):
        load_starter_pages(app)


def test_every_starter_page_has_its_front_matter():
    for page in starter_pages():
        content = page.content
        assert content.kind in all_kinds(), page.path
        assert content.fields.get("summary"), page.path
        assert content.tags, page.path
        assert page.rendered.is_complete, page.path
        assert (content.kind == "challenge") == ("status" in content.fields), page.path


def test_no_link_between_starter_pages_leads_nowhere():
    pages = starter_pages()
    known = {path_key(page.path) for page in pages} | {
        path_key(page.content.title) for page in pages
    }
    missing = {
        (page.path, link.target)
        for page in pages
        for link in page.rendered.links
        if path_key(link.target) not in known
    }
    assert not missing

"""What people see of search by meaning, and of pages that are still to be encoded."""

from tests.search.meaning_shelf import FakeEncoder
from wiki.search.document_source import DOCUMENT_SOURCE
from wiki.search.index.index_folder import search_folder
from wiki.search.meaning.meaning import Meaning
from wiki.search.meaning.vector_backfill import VectorBackfill
from wiki.search.service import SEARCH


def test_results_say_how_many_are_found_by_their_meaning(app, client, make_page, index_now):
    make_page(path="mending", title="Mending", text="A patch on a puncture.\n")
    make_page(path="tube", title="Spare parts", text="A tube.\n")
    index_now()
    root, encoder = search_folder(app), FakeEncoder()
    search = SEARCH.of(app)
    search.meaning = Meaning(root)
    search.meaning.encoder.vector = encoder.encode
    run = app.test_cli_runner().invoke
    waiting = "2 pages have yet to be encoded for search by meaning"
    assert waiting in run(args=["search", "check"]).output
    with app.app_context():
        snapshot = search.index.snapshot()
        while VectorBackfill(root, DOCUMENT_SOURCE.of(app), encoder.encode).fill(snapshot):
            pass
    assert "encoded" not in run(args=["search", "check"]).output

    none = client.get("/search?q=tyre").text
    assert "No page contains any of these words. These pages have a similar meaning." in none
    assert "/wiki/mending" in none
    answer = client.get("/search?q=tyre", headers={"Accept": "application/json"}).json
    assert (answer["total"], answer["near"]) == (2, 2)

    some = client.get("/search?q=tube").text
    assert "1 of them doesn’t contain this word, but has a similar meaning." in some
    several = client.get("/search?q=tube+zebra").text
    assert "1 page contains any of these words. 1 more has a similar meaning." in several

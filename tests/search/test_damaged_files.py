"""Whatever has become of the files of an index, searches are answered."""

import pytest

from wiki.search.index.index_folder import CHECK_REQUESTED, search_folder
from wiki.search.index.manifest import current_folder

DEEP = "[" * 100_000
FOREIGN = [
    ("rebuilding.json", DEEP),
    ("rebuilding.json", '{"done": 1e999, "total": 1, "is_first": true}'),
    ("asked.json", DEEP),
    ("asked.json", '{"people": {"redis": 1e999}, "since": 1}'),
    ("opened.json", '{"people": {"zzzzzzzzzzzzzzzz": 5}, "since": 1}'),
    ("opened.json", '{"people": {"0123456789abcdef": 99999999999999999999}, "since": 1}'),
    ("asked.missed.json", DEEP),
]


@pytest.fixture
def root(app, make_page, index_now):
    make_page("redis", text="A cache.")
    index_now()
    return search_folder(app)


def assert_answered(client):
    answer = client.get("/search?q=redis", headers={"Accept": "application/json"})
    assert [hit["path"] for hit in answer.get_json()["hits"]] == ["redis"]
    assert client.get("/search?q=redis+nothing").status_code == 200
    assert len(client.get("/search/suggest?q=red").get_json()[1]) == 1


@pytest.mark.parametrize(("name", "text"), FOREIGN)
def test_a_foreign_file_of_counts_counts_nothing(root, client, name, text):
    (root / name).write_text(text)
    assert_answered(client)


@pytest.mark.parametrize("deleted", ["AAAA", "x"])
def test_a_foreign_manifest_is_none(root, client, deleted):
    manifest = current_folder(root) / "manifest.json"
    whole = manifest.read_text()
    for text in (DEEP, whole.replace('"deleted": ""', f'"deleted": "{deleted}"')):
        assert text != whole
        manifest.write_text(text)
        assert_answered(client)


@pytest.mark.parametrize("error", [IndexError, ValueError, OverflowError])
def test_suggestions_survive_arrays_that_are_overwritten_while_they_are_mapped(
    root, client, monkeypatch, error
):
    def fail(*_):
        raise error

    monkeypatch.setattr("wiki.search.listing.suggest_pages", fail)
    assert_answered(client)
    assert (root / CHECK_REQUESTED).exists()

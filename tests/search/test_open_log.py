"""Which pages are opened most: counted without persons, and suggested first."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.person import Person
from wiki.search import open_log
from wiki.search.index.index_folder import search_folder
from wiki.search.open_log import OPENED, count_opened_pages
from wiki.search.query_log import RecentHashes


@pytest.fixture
def pages(make_page: Any, index_now: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_log, "MAX_NOTED", 1)  # written at once
    for number in range(10):
        make_page(f"docker/{number}", title=f"Docker topic {number}", text="Text.\n")
    index_now()


def suggested(client: Person) -> list[str]:
    titles: list[str] = client.get("/search/suggest?q=docker").get_json()[1]
    return titles


def test_what_readers_open_is_suggested_first(
    app: Flask, client: Person, pages: None, client_of: Any
) -> None:
    root = search_folder(app)
    for reader in (client, client_of("hana"), client_of("dawit")):
        reader.get("/wiki/docker/9")
    client.get("/wiki/docker/8")
    client.get("/wiki/docker/7?revision=1")
    client.get("/wiki/docker/none")
    count_opened_pages(root)
    assert suggested(client)[:2] == ["Docker topic 9", "Docker topic 8"]
    kept = (root / OPENED.counts).read_text()
    assert kept.count(":") == 4  # since, counts and two pages
    assert "docker" not in kept


def test_a_reader_counts_once_and_only_who_reads(
    app: Flask, client: Person, pages: None, client_of: Any
) -> None:
    root = search_folder(app)
    tag = ""
    for _ in range(3):
        tag = client.get("/wiki/docker/5").headers["ETag"]
    hana = client_of("hana")
    hana.get("/wiki/docker/4", headers={"Sec-Purpose": "prefetch;prerender"})
    hana.head("/wiki/docker/4")
    assert client.get("/wiki/docker/5", headers={"If-None-Match": tag}).status_code == 304
    hana.get("/wiki/docker/6")
    assert len((root / OPENED.log).read_text().splitlines()) == 2


def test_a_reader_counts_once_in_all_processes_together(
    app: Flask, client: Person, pages: None, monkeypatch: pytest.MonkeyPatch, client_of: Any
) -> None:
    hana = client_of("hana")
    for _ in range(3):
        hana.get("/wiki/docker/3")
        monkeypatch.setattr(OPENED, "_lately", RecentHashes(9))  # as another process has it
    for reader in (client, client_of("dawit")):
        reader.get("/wiki/docker/9")
    count_opened_pages(search_folder(app))
    assert suggested(client)[:2] == ["Docker topic 9", "Docker topic 3"]


def test_what_is_opened_is_written_together_and_stays_few(
    app: Flask,
    client: Person,
    pages: None,
    client_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = search_folder(app)
    monkeypatch.setattr(open_log, "MAX_NOTED", 3)
    monkeypatch.setattr(open_log, "MAX_PAGES_COUNTED", 1)
    for path in ("docker/1", "docker/2"):
        client.get(f"/wiki/{path}")
        assert not (root / OPENED.log).exists()
    client_of("hana").get("/wiki/docker/2")
    count_opened_pages(root)
    assert suggested(client)[0] == "Docker topic 2"
    assert (root / OPENED.counts).read_text().count(":") == 3

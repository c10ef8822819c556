"""Search finds the text of a page's files, ranked after that of pages."""

import json

from tests.files.inspection.test_documents import pdf
from tests.files.upload_forms import send


def hits(person, words):
    answer = person.get(f"/search?q={words}", headers={"Accept": "application/json"})
    return {hit["path"]: hit["snippet"] for hit in answer.json["hits"]}


def test_texts_code_papers_and_notebooks_are_found(client, client_of, make_page, index_now):
    make_page("redis", text="A store.\n")
    notebook = {"cells": [{"source": "def glockenspiel(): pass"}]}
    send(
        client_of("selam"),
        ("notes.md", b"# Xylophone\n\nA **kalimba** here."),
        ("run.py", b"def balafon(): pass"),
        ("paper.pdf", pdf()),
        ("train.ipynb", json.dumps(notebook).encode()),
        page="redis",
    )
    index_now()
    for word in ("xylophone", "kalimba", "balafon", "marimba", "glockenspiel", "train.ipynb"):
        assert "redis" in hits(client, word), word
    shown = client.get("/search?q=kalimba").text
    assert "notes.md" in shown
    assert "<mark>kalimba</mark>" in shown


def test_the_page_that_says_it_comes_first(client, client_of, make_page, index_now):
    make_page("beside", text="Something.\n")
    make_page("inside", text="The xylophone is a thing of wood.\n")
    send(client_of("selam"), ("notes.txt", b"xylophone " * 20), page="beside")
    index_now()
    assert list(hits(client, "xylophone")) == ["inside", "beside"]


def test_a_file_that_is_gone_is_not_found(client, client_of, make_page, index_now):
    make_page("redis", text="A store.\n")
    selam = client_of("selam")
    send(selam, ("notes.txt", b"xylophone"), page="redis")
    index_now()
    assert hits(client, "xylophone")
    selam.post_form("/files/delete/1")
    index_now()
    assert not hits(client, "xylophone")
    selam.open_form("/files/deleted").submit()
    send(selam, ("notes.txt", b"kalimba"), url="/files/upload?replaces=1")
    index_now()
    assert not hits(client, "xylophone")
    assert hits(client, "kalimba")


def test_a_file_of_the_library_is_found_with_the_pages_that_link_it(
    client, client_of, make_page, index_now
):
    selam = client_of("selam")
    send(selam, ("notes.txt", b"xylophone"))
    make_page("redis", text="See [the notes](/files/1/notes.txt).\n")
    make_page("celery", text="Nothing.\n")
    index_now()
    assert list(hits(client, "xylophone")) == ["redis"]
    send(selam, ("notes.txt", b"kalimba"), url="/files/upload?replaces=1")
    index_now()
    assert not hits(client, "xylophone")
    assert list(hits(client, "kalimba")) == ["redis"]

"""A page and those below it as one document."""

import re
from typing import Any

import pytest
from flask import Flask

from tests.person import Person
from wiki.access.models import Rank
from wiki.pages.presentation import chapters
from wiki.pages.protection.rule_changes import RuleTerms, set_rule


def main_of(answer: Any) -> str:
    """The HTML of its main part."""
    html: str = answer.text.partition("<main")[2].partition("</main>")[0]
    return html


@pytest.fixture
def book(make_page: Any) -> None:
    """A page with three below it, one of them in a folder of its own, and one elsewhere."""
    make_page("book", title="The book", text="## Aims\n\n[[book/part 2#Ends]], [[Outside]]\n")
    make_page("book/part-10", title="Part ten", text="Last.\n")
    make_page("book/part-2", title="Part two", text="## Ends\n\n[up](/wiki/book) [here](#ends)\n")
    make_page("book/part-2/more", title="More", text="# Of it\n\n## Deep\n")
    make_page("book-shelf", title="Shelf", text="Not below.\n")
    make_page("outside", title="Outside", text="Elsewhere.\n")


@pytest.mark.usefixtures("book")
def test_pages_follow_in_order_with_their_headings_below_them(client: Person) -> None:
    html = client.get("/print/book").text
    inner = html.partition("<main")[2].partition("</main>")[0]
    headings = re.findall(r"<h(\d)[^>]*>(?:<bdi>)?([^<]*)", inner)
    assert headings == [
        ("1", "The book"), ("2", "Aims"), ("2", "Part two"), ("3", "Ends"),
        ("3", "More"), ("4", "Of it"), ("5", "Deep"), ("2", "Part ten"),
    ]  # fmt: skip
    contents = inner.partition('class="contents"')[2].partition("</nav>")[0]
    assert re.findall(r'href="#([^"]*)"', contents) == ["nx-1", "nx-2", "nx-3", "nx-4"]


@pytest.mark.usefixtures("book")
def test_links_between_them_stay_in_the_document(client: Person) -> None:
    html = client.get("/print/book").text
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    links = re.findall(r'<a class="wikilink" href="([^"]*)"', html)
    assert links == ["#nx-2-ends", "/wiki/outside", "#nx-1"]
    assert 'href="#nx-2-ends">here' in html
    for link in re.findall(r'href="#([^"]+)"', html):
        assert link in ids


def test_fields_of_a_kind_are_printed(client: Person, make_page: Any) -> None:
    fields = {"status": "open", "error": "OOM command not allowed"}
    make_page("book/oom", kind="challenge", fields=fields)
    html = main_of(client.get("/print/book"))
    assert "OOM command not allowed" in html.partition('class="kind-card"')[2]


@pytest.mark.usefixtures("book")
def test_hidden_pages_leave_no_trace(app: Flask, client: Person) -> None:
    with app.app_context():
        set_rule("book/part-2", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
    html = client.get("/print/book").text
    assert "Part two" not in html
    assert "More" not in html.partition("<main")[2]
    assert "Part ten" in html
    assert client.get("/print/book/part-2").status_code == 404
    assert client.get("/print/missing").status_code == 404


def test_a_folder_without_a_page_is_a_document_too(client: Person, make_page: Any) -> None:
    make_page("notes/one", title="One", text="First.\n")
    html = client.get("/print/notes").text
    assert re.findall(r"<h(\d)[^>]*><bdi>([^<]*)", html) == [("1", "Notes"), ("2", "One")]
    make_page("notes/deep/down/two", title="Two", text="Second.\n")
    make_page("notes/one/far/below", title="Three", text="## Part\n")
    assert re.findall(r"<h(\d)[^>]*>(?:<bdi>)?([^<]*)", main_of(client.get("/print/notes"))) == [
        ("1", "Notes"), ("2", "Two"), ("2", "One"), ("3", "Three"), ("4", "Part"),
    ]  # fmt: skip


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("name", "limit", "said"),
    [
        ("MAX_CHAPTERS", 3, "more pages here than fit in one document"),
        ("SIZE_LIMIT", 50, "The pages here are too long to fit in one document"),
    ],
)
def test_too_much_for_one_document_is_said(
    client: Person, monkeypatch: pytest.MonkeyPatch, name: str, limit: int, said: str
) -> None:
    monkeypatch.setattr(chapters, name, limit)
    loaded = []
    load = chapters.page_at
    monkeypatch.setattr(chapters, "page_at", lambda *at: loaded.append(at) or load(*at))
    answer = client.get("/print/book")
    assert answer.status_code == 413
    assert said in answer.text
    assert len(loaded) <= 1, "no more is loaded than tells"
    assert 'href="/below/book"' in answer.text
    assert client.get("/print/book/part-10").status_code == 200

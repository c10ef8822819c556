"""A page and those below it as one document."""

import re
from typing import Any

import pytest
from flask import Flask

from tests.person import Person
from wiki.access.models import Rank
from wiki.pages.presentation import chapters
from wiki.pages.protection.rule_changes import RuleTerms, set_rule


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


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(("name", "limit"), [("MOST_CHAPTERS", 3), ("SIZE_LIMIT", 50)])
def test_too_much_for_one_document_is_said(
    client: Person, monkeypatch: pytest.MonkeyPatch, name: str, limit: int
) -> None:
    monkeypatch.setattr(chapters, name, limit)
    answer = client.get("/print/book")
    assert answer.status_code == 413
    assert "more pages here than fit in one document" in answer.text
    assert 'href="/below/book"' in answer.text
    assert client.get("/print/book/part-10").status_code == 200

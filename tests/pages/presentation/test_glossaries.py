"""Terms that a glossary page defines, explained on other pages."""

from typing import Any

import pytest

from tests.person import Person

TERMS = "ORM\n:   Maps rows to objects.\n"


@pytest.fixture
def glossary(make_page: Any) -> None:
    make_page("glossary", title="Glossary", kind="glossary", text=TERMS)


def test_another_page_explains_the_term(glossary: None, client: Person, make_page: Any) -> None:
    make_page("redis", text="An ORM.\n")
    html = client.get("/wiki/redis").text
    assert '<span role="tooltip" id="nx-term-1">Maps rows to objects.</span>' in html
    assert '<a href="/wiki/glossary#orm">Glossary</a>' in html
    assert "term-word" not in client.get("/wiki/glossary").text


def test_a_page_of_another_kind_defines_nothing(client: Person, make_page: Any) -> None:
    make_page("terms", title="Glossary", text=TERMS)
    make_page("redis", text="An ORM.\n")
    assert "term-word" not in client.get("/wiki/redis").text


@pytest.mark.parametrize(
    "change",
    [
        ("/edit/glossary", {"text": "ORM\n:   Something else.\n", "kind": "glossary"}),
        ("/edit/glossary", {"text": TERMS, "kind": "page"}),
        ("/delete/glossary", {}),
        ("/rename/glossary", {"path": "terms"}),
    ],
)
def test_a_change_of_the_glossary_shows_at_once(
    glossary: None,
    client: Person,
    selam: Person,
    make_page: Any,
    change: tuple[str, dict[str, str]],
) -> None:
    url, fields = change
    make_page("redis", text="An ORM.\n")
    before = client.get("/wiki/redis")
    assert client.get("/wiki/redis").data == before.data
    selam.post_form(url, **fields)
    seen = {"If-None-Match": before.headers["ETag"]}
    after = client.get("/wiki/redis", headers=seen)
    assert after.status_code == 200
    assert '>Maps rows to objects.</span> <a href="/wiki/glossary#orm">' not in after.text


def test_a_term_that_is_added_later_is_explained_at_once(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis", text="An ORM.\n")
    make_page("terms")
    client.get("/wiki/redis")
    selam.post_form("/edit/terms", text=TERMS, kind="glossary")
    assert "Maps rows" in client.get("/wiki/redis").text


def test_it_costs_a_page_no_statement(
    glossary: None, client: Person, make_page: Any, queries: Any
) -> None:
    make_page("redis", text="An ORM.\n")
    make_page("celery", text="Another ORM.\n")
    with queries(at_most=3):  # the glossary is read once
        client.get("/wiki/redis")
    with queries(at_most=2):
        assert "Maps rows" in client.get("/wiki/celery").text
    with queries(at_most=1):
        assert "Maps rows" in client.get("/wiki/celery").text


def test_the_preview_and_old_revisions_explain_as_well(
    glossary: None, selam: Person, make_page: Any
) -> None:
    make_page("redis", text="An ORM.\n")
    preview = {"text": "An ORM.", "action": "preview"}
    assert "Maps rows" in selam.post_form("/edit/redis", **preview).text
    assert "Maps rows" in selam.get("/wiki/redis?revision=1").text
    # What is typed into the glossary itself is not explained by what it said before.
    assert "term-word" not in selam.post_form("/edit/glossary", **preview).text


def test_what_is_shown_of_another_page_is_explained(
    glossary: None, client: Person, make_page: Any
) -> None:
    make_page("inner", text="An ORM.\n")
    make_page("outer", text="![[inner]]\n")
    assert client.get("/wiki/outer").text.count("Maps rows") == 1

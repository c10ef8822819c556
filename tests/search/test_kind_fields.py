"""Fields of kinds in searches: their text, filters and facets, with and without an index."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.pages.visible_text import main
from tests.person import Person
from tests.search_index import catch_up
from wiki.access.models import Rank
from wiki.pages.protection.rule_changes import RuleTerms, set_rule
from wiki.pages.queries.field_documents import indexed_fields
from wiki.pages.writing.write import SaveResult


@pytest.fixture
def pages(any_app: Flask, make_page: Callable[..., SaveResult]) -> Flask:
    fields = {"error": "ZyxxyError: no frobnicator", "versions": ["Django 5.2.1", "Python 3.12"]}
    make_page("c/one", title="One", kind="challenge", fields=fields)
    make_page("c/two", title="Two", kind="challenge", fields={"versions": "Django 4.2"})
    wanted = {"wanted": ["front end", "design"]}
    make_page("p/three", title="Three", kind="project", fields=wanted)
    make_page("p/four", title="Four", kind="project", fields={"wanted": ["design"]})
    # Of no field of its kind: not a part of its text.
    make_page("g/five", title="Five", kind="concept", fields={"error": "ZyxxyError"})
    return any_app


def found(client: Person, query: str) -> set[str]:
    hits = client.get("/search", query_string={"q": query}, headers={"Accept": "application/json"})
    return {hit["title"] for hit in hits.get_json()["hits"]}


QUERIES = [
    ("field:versions=django-5.2", {"One"}),
    ("field:versions=5", {"One"}),
    ('field:"versions=Django 4.2"', {"Two"}),
    ("kind:challenge -field:versions=django-5", {"Two"}),
    ("field:wanted=design", {"Three", "Four"}),
    ("field:wanted=front-end", {"Three"}),
    ("field:wanted=nobody", set()),
]


def test_filters_without_an_index(pages: Flask, client: Person) -> None:
    for query, titles in QUERIES:
        assert found(client, query) == titles, query


def test_text_filters_and_facets(pages: Flask, client: Person) -> None:
    catch_up(pages)
    assert found(client, "zyxxyerror frobnicator") == {"One"}
    for query, titles in QUERIES:
        assert found(client, query) == titles, query
    page = client.get("/search?q=zyxxyerror")
    assert "no frobnicator" in main(page)
    assert "Error text" in main(page)
    listed = client.get("/search?q=kind:project")
    assert "Collaborators wanted design 2 front end 1" in main(listed)
    assert "field%3Awanted%3Dfront-end" in listed.text
    chosen = client.get("/search?q=kind:project field:wanted=front-end")
    assert "front end ×" in main(chosen)


def test_a_chosen_value_that_only_hidden_pages_have_is_like_one_of_nobody(
    pages: Flask, client: Person, make_page: Callable[..., SaveResult]
) -> None:
    hidden: Any = {"kind": "project", "fields": {"wanted": ["mentoring"]}, "tags": ["mentoring"]}
    make_page("h/six", title="Six", **hidden)
    make_page("v/seven", title="Seven", kind="project", tags=["web"])
    rule = RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN)
    with pages.app_context():
        set_rule("h", rule, by=None)
    catch_up(pages)
    for field in ("field:wanted=", "tag:"):
        query = f"kind:project {field}%s tag:web"
        secret, nobodys = (client.get("/search", query_string={"q": query % value})
                           for value in ("mentoring", "mending"))  # fmt: skip
        assert main(secret).replace("mentoring", "mending") == main(nobodys)
    assert "Collaborators wanted design ×" in main(
        client.get("/search?q=nothing-here field:wanted=design")
    )


def test_an_edit_of_a_field_is_found(
    pages: Flask, client: Person, client_of: Callable[[str], Person]
) -> None:
    catch_up(pages)
    selam: Any = client_of("selam")
    selam.post_form("/edit/p/four", **{"field-wanted": ["data"]})
    catch_up(pages)
    assert found(client, "field:wanted=data") == {"Four"}
    assert found(client, "field:wanted=design") == {"Three"}


def test_what_is_no_field_is_words(pages: Flask, client: Person) -> None:
    catch_up(pages)
    for query in ("field:", "field:x", "field:=", "field:=x", "field:%00=1", "field:versions="):
        assert client.get("/search", query_string={"q": query}).status_code == 200, query


def test_a_version_of_any_length_is_indexed_as_it_is() -> None:
    long = ".".join("1" * 5_000)
    indexed = indexed_fields("challenge", {"versions": [long, "Django 5.2"]})
    assert len(indexed.labels) == 1 + 5
    assert sum(map(len, indexed.labels)) < 2 * len(long)

"""Links: their colours, where they lead, and what links here."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from tests.pages.visible_text import link_classes, main
from tests.person import Person
from wiki.access.permissions import Viewer
from wiki.database import db
from wiki.files.queries import files_by_id, find_files_by_name
from wiki.pages.models import Link
from wiki.pages.queries.page_queries import resolve_targets


def is_missing(person: Person, label: str, at: str = "guide") -> bool:
    answer = person.get(f"/wiki/{at}")
    return "missing" in link_classes(answer, label)


def test_it_works(client: Person, make_page: Any) -> None:
    make_page("redis")
    text = "[[Redis]], [[Nothing yet]], [[redis|a store]], [this](redis).\n"
    make_page("guide", text=text, kind="challenge", fields={"status": "solved"})
    assert not is_missing(client, "Redis")
    assert not is_missing(client, "a store")
    assert not is_missing(client, "this")
    assert is_missing(client, "Nothing yet")
    listed = client.get("/links/redis")
    assert listed.status_code == 200
    assert "1 page links here" in main(listed)
    assert "Guide Challenge, solved" in main(listed)


def test_a_missing_link_leads_to_writing_it(selam: Person, make_page: Any) -> None:
    make_page("guide", text="[[Nothing yet]]\n")
    page = selam.get("/wiki/guide").text
    target = page.partition("Nothing yet</a>")[0].rpartition('href="')[2].partition('"')[0]
    form = selam.open_form(target.replace("&amp;", "&"))
    assert form.values["title"] == "Nothing yet"


def test_a_link_is_found_once_its_page_is_written(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("guide", text="[[Redis]]\n")
    assert is_missing(client, "Redis")
    selam.post_form("/new", title="Redis", text="A store.\n")
    assert not is_missing(client, "Redis")


def test_a_link_to_a_deleted_page_is_missing_until_it_is_back(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis")
    make_page("guide", text="[[Redis]]\n")
    selam.post_form("/delete/redis")
    assert is_missing(client, "Redis")
    selam.post_form("/undelete/redis")
    assert not is_missing(client, "Redis")


@pytest.mark.parametrize(
    "written", ["Redis", "redis", "REDIS", "Stores/Redis", "a_store", "A  STORE"]
)
def test_a_link_may_be_spelled_in_many_ways(client: Person, make_page: Any, written: str) -> None:
    make_page("redis", title="Other")
    make_page("stores/redis", title="A store")
    make_page("guide", text=f"[[{written}|here]]\n")
    assert not is_missing(client, "here")


def test_a_link_by_title(client: Person, make_page: Any) -> None:
    make_page("challenges/n-plus-one", title="Too many queries")
    make_page("guide", text="[[Too many queries]]\n")
    assert 'href="/wiki/challenges/n-plus-one"' in client.get("/wiki/guide").text
    assert "Guide" in main(client.get("/links/challenges/n-plus-one"))


def test_a_link_by_an_old_path(client: Person, selam: Person, make_page: Any) -> None:
    make_page("redis", title="Other")
    make_page("guide", text="[[redis|here]]\n")
    selam.post_form("/rename/redis", path="stores/one")
    assert 'href="/wiki/stores/one"' in client.get("/wiki/guide").text
    assert not is_missing(client, "here")


def test_a_path_goes_before_a_title_and_is_where_the_link_counts(
    client: Person, make_page: Any
) -> None:
    make_page("redis", title="By path")
    make_page("stores/redis", title="Redis")
    make_page("guide", text="[[redis|here]]\n")
    assert 'href="/wiki/redis"' in client.get("/wiki/guide").text
    assert "Guide" in main(client.get("/links/redis"))
    assert "No page links here" in main(client.get("/links/stores/redis"))


def test_a_link_of_a_deleted_page_does_not_count(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis")
    make_page("guide", text="[[Redis]]\n")
    selam.post_form("/delete/guide")
    assert "No page links here" in main(client.get("/links/redis"))


def test_links_that_were_taken_out_are_forgotten(
    app: Flask, client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis")
    make_page("guide", text="[[Redis]] [[Celery]]\n")
    selam.post_form("/edit/guide", text="[[Celery]]\n")
    assert "No page links here" in main(client.get("/links/redis"))
    with app.app_context():
        assert list(db.session.scalars(db.select(Link.to_key))) == ["celery"]


def test_the_same_link_twice_is_one(app: Flask, make_page: Any) -> None:
    make_page("guide", text="[[Redis]] [[redis]] [[REDIS#part]] [x](Redis)\n")
    with app.app_context():
        assert list(db.session.scalars(db.select(Link.to_key))) == ["redis"]


def test_a_name_too_long_for_a_page_is_a_missing_link(client: Person, make_page: Any) -> None:
    make_page("guide", text=f"[[{'x' * 700}|here]] [[{'ﷺ' * 100}|there]]\n")
    assert client.get("/wiki/guide").status_code == 200


def test_names_that_separate_nothing(client: Person, make_page: Any) -> None:
    make_page("redis")
    make_page("guide", text="[[re\x1fdis|a]] [[re\x1edis|b]] [[Redis]]\n")
    assert not is_missing(client, "Redis")


def test_no_page_no_links(client: Person) -> None:
    assert client.get("/links/redis").status_code == 404


def test_more_links_than_a_statement_can_ask_for(any_app: Flask, make_page: Any) -> None:
    """PostgreSQL binds 65,535 values, an older SQLite 999."""
    make_page("redis", title="The last")
    many = range(2_100)
    with any_app.app_context(), binding_at_most(999):
        found = resolve_targets(Viewer(), [*map(str, many), "Redis", "The last"])
        assert found == {"redis": "redis", "the-last": "redis"}
        assert files_by_id(Viewer(), many) == {}
        assert find_files_by_name(Viewer(), map(str, many)) == {}


@contextmanager
def binding_at_most(values: int) -> Iterator[None]:
    """No statement binds more `values` than that."""
    bound: list[int] = []

    def note(_connection: Any, _cursor: Any, _statement: str, given: Any, *_rest: Any) -> None:
        bound.append(len(given))

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert 100 < max(bound) <= values


def test_the_order_of_precedence_holds_across_batches(
    client: Person, selam: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wiki.database.batches.BATCH", 1)
    make_page("a/first", title="Redis")
    make_page("redis", title="Celery")
    make_page("celery", title="Another")
    text = "[[celery]] [[another]] [[redis]]\n"
    make_page("guide", text=text)
    shown = selam.post_form("/edit/guide", text=text, action="preview").text
    assert re.findall(r'class="wikilink" href="/wiki/([^"]*)"', shown) == [
        "celery",
        "celery",
        "redis",
    ]

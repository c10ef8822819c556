"""What the editor offers while somebody types a link."""

from typing import Any

import pytest
from flask import Flask

from tests.person import Person
from wiki.database import db
from wiki.markup import render
from wiki.pages.models import Page


def offered(person: Person, typed: str) -> list[tuple[str, str]]:
    answer = person.get("/pages/titles", query_string={"q": typed})
    assert answer.status_code == 200
    return [(choice["link"], choice["label"]) for choice in answer.get_json()]


def links(person: Person, typed: str) -> list[str]:
    return [link for link, _ in offered(person, typed)]


def test_it_works(any_app: Flask, selam: Person, make_page: Any) -> None:
    for path, title in (("redis", "Redis"), ("x/redis", "Using Redis"), ("y", "Rediscover")):
        make_page(path, title=title)
    assert links(selam, "redis") == ["Redis", "Rediscover", "Using Redis"]
    assert links(selam, "using red") == ["Using Redis"]
    assert links(selam, "red using") == ["Using Redis"]
    assert links(selam, "x/re") == ["Using Redis"]
    assert links(selam, "nothing of it") == []


def test_a_page_is_offered_as_soon_as_it_is_saved(selam: Person) -> None:
    selam.post_form("/new", title="ሰላም ለሁሉም", text="A.\n")
    assert links(selam, "ሰላ") == ["ሰላም ለሁሉም"]
    assert links(selam, "") == ["ሰላም ለሁሉም"]
    selam.post_form("/delete/ሰላም-ለሁሉም")
    assert links(selam, "ሰላ") == []


@pytest.mark.parametrize(
    ("title", "link"),
    [
        ("C#", "C#"),
        ("F# in a day", "F# in a day"),
        ("Issue #1", "Issue #1"),
        ("A#b", "odd|A#b"),
        ("A|b", "odd|A|b"),
        ("[x]", "odd"),
        ("100%", "100%"),
    ],
)
def test_the_link_leads_to_the_page(
    app: Flask, selam: Person, make_page: Any, title: str, link: str
) -> None:
    make_page("odd", title=title)
    (offer,) = links(selam, title)
    target = render(f"[[{offer}]]").links[0].target
    with app.app_context():
        page = db.session.scalars(db.select(Page)).one()
    assert target.lower() in (page.path, title.lower())
    if title != "Issue #1":
        assert offer == link


def test_of_two_pages_with_one_title_each_link_leads_to_its_own(
    selam: Person, make_page: Any
) -> None:
    make_page("a/redis", title="Redis")
    make_page("b/redis", title="Redis")
    assert links(selam, "redis") == ["Redis", "b/redis|Redis"]


def test_sections_are_offered_after_the_name(selam: Person, make_page: Any) -> None:
    make_page("redis", text="## Why\n\n## Why not\n\n## Why\n\n## [Odd]\n")
    assert links(selam, "Redis#") == ["Redis#Why", "Redis#Why not", "Redis#why-1", "Redis#odd"]
    assert links(selam, "redis#not") == ["redis#Why not"]
    make_page("sharp", title="C#")
    assert links(selam, "c#") == ["C#"]


def test_anything_can_be_typed(any_app: Flask, selam: Person, make_page: Any) -> None:
    make_page("redis")
    cases = ["%", "_", "\\", "\x00", "#", "##", "a#b#c", "|", "[[", "x" * 900]
    for typed in cases:
        assert links(selam, typed) in ([], ["Redis"]), typed


def test_who_may(client: Person, reader: Person) -> None:
    assert client.get("/pages/titles?q=a").status_code == 302
    assert reader.get("/pages/titles?q=a").status_code == 200  # for proposals


def test_it_asks_little(selam: Person, make_page: Any, queries: Any) -> None:
    for number in range(20):
        make_page(f"redis-{number}")
    with queries(at_most=4):
        assert len(links(selam, "redis")) == 8

"""A link by a page's title leads to the page on, whatever its title becomes."""

from typing import Any

import pytest
from flask import Flask

from tests.pages.visible_text import link_classes, main
from tests.pages.writing.test_concurrency import at_once
from tests.person import Person
from wiki.database import db
from wiki.pages.maintenance.integrity import find_problems
from wiki.pages.models import Redirect

CACHE = "concepts/redis-cache"


@pytest.fixture(autouse=True)
def page(make_page: Any) -> None:
    make_page(CACHE, title="Redis Cache")
    make_page("guide", text="See [[Redis cache]].\n")


def target(person: Person) -> str | None:
    """The path that the guide's link leads to; nothing when it is red."""
    answer = person.get("/wiki/guide")
    if "missing" in link_classes(answer, "Redis cache"):
        return None
    address = answer.text.partition(">Redis cache</a>")[0].rpartition('href="/wiki/')[2]
    return address.partition('"')[0]


def keys(app: Flask) -> set[str]:
    with app.app_context():
        return set(db.session.scalars(db.select(Redirect.key)))


def test_by_an_edit(any_app: Flask, client: Person, selam: Person) -> None:
    assert selam.post_form(f"/edit/{CACHE}", title="Caching").status_code == 303
    assert target(client) == CACHE
    assert "Guide" in main(client.get(f"/links/{CACHE}"))
    assert client.get("/wiki/redis-cache").location == f"/wiki/{CACHE}"
    with any_app.app_context():
        assert list(find_problems()) == []


def test_by_a_rename_that_leaves_links_alone(any_app: Flask, client: Person, selam: Person) -> None:
    fields = {"title": "Caching", "path": "concepts/caching", "links": False}
    assert selam.post_form(f"/rename/{CACHE}", **fields).status_code == 303
    assert target(client) == "concepts/caching"
    assert keys(any_app) == {"redis-cache", CACHE}


def test_by_restoring_a_revision_of_another_title(client: Person, selam: Person) -> None:
    selam.post_form(f"/edit/{CACHE}", title="Caching")
    selam.post_form("/edit/guide", text="See [[Redis cache]] and [[Caching]].\n")
    assert selam.post_form(f"/restore/{CACHE}?revision=1").status_code == 303
    assert "missing" not in link_classes(client.get("/wiki/guide"), "Caching")
    assert target(client) == CACHE


def test_by_a_merge(client: Person, selam: Person, dawit: Person) -> None:
    hers, his = selam.open_form(f"/edit/{CACHE}"), dawit.open_form(f"/edit/{CACHE}")
    hers.submit(text="Before.\n\nA text.\n")
    assert his.submit(title="Caching").status_code == 303
    assert target(client) == CACHE


def test_there_and_back(client: Person, selam: Person) -> None:
    for title in ("Caching", "Redis cache", "Caching", "A cache"):
        assert selam.post_form(f"/edit/{CACHE}", title=title).status_code == 303
        assert target(client) == CACHE
        assert client.get(f"/wiki/{CACHE}").status_code == 200


def test_another_page_that_gets_the_title_goes_before(
    client: Person, selam: Person, make_page: Any
) -> None:
    selam.post_form(f"/edit/{CACHE}", title="Caching")
    make_page("tools/cache", title="Redis cache")
    assert target(client) == "tools/cache"
    # By now the link means that page, and follows it.
    selam.post_form("/edit/tools/cache", title="A tool")
    assert target(client) == "tools/cache"


def test_a_page_that_gets_the_path_takes_the_place(
    app: Flask, client: Person, selam: Person, make_page: Any
) -> None:
    selam.post_form(f"/edit/{CACHE}", title="Caching")
    make_page("redis-cache")
    assert target(client) == "redis-cache"
    assert keys(app) == set()


@pytest.mark.parametrize(
    ("path", "title"), [("redis-cache", "Another"), ("a/first", "Redis cache")]
)
def test_a_title_that_led_elsewhere_leads_there_on(
    app: Flask, selam: Person, make_page: Any, path: str, title: str
) -> None:
    make_page(path, title=title)
    selam.post_form(f"/edit/{CACHE}", title="Caching")
    assert target(selam) == path
    assert keys(app) == set()


def test_a_title_that_is_the_path_needs_nothing(app: Flask, selam: Person, make_page: Any) -> None:
    make_page("celery", title="Celery")
    selam.post_form("/edit/celery", title="A queue")
    assert keys(app) == set()


def test_the_capitals_of_a_title_change_nothing(app: Flask, selam: Person) -> None:
    selam.post_form(f"/edit/{CACHE}", title="redis cache")
    assert keys(app) == set()


def test_a_deleted_page_is_led_to_by_none_of_its_titles(
    client: Person, selam: Person, admin: Person, make_page: Any
) -> None:
    selam.post_form(f"/edit/{CACHE}", title="Caching")
    admin.post_form(f"/delete/{CACHE}")
    assert target(client) is None
    assert client.get("/wiki/redis-cache").status_code == 404
    # What has the title meanwhile keeps its links.
    make_page("tools/cache", title="Redis cache")
    selam.post_form("/edit/tools/cache", title="A tool")
    assert target(client) == "tools/cache"
    admin.post_form(f"/undelete/{CACHE}")
    assert client.get(f"/wiki/{CACHE}").status_code == 200


def test_an_erased_phrase_stands_in_no_former_title(
    any_app: Flask, selam: Person, admin: Person
) -> None:
    selam.post_form(f"/edit/{CACHE}", title="The hunter2 cache")
    selam.post_form(f"/edit/{CACHE}", title="Caching")
    assert keys(any_app) == {"redis-cache", "the-hunter2-cache"}
    asked = {"containing": "hunter2", "summary": "A password"}
    assert admin.post_form(f"/erase/{CACHE}?revision=2", **asked).status_code == 303
    assert keys(any_app) == {"redis-cache"}


def test_an_erased_phrase_in_the_title_of_now(any_app: Flask, selam: Person, admin: Person) -> None:
    selam.post_form(f"/edit/{CACHE}", title="The hunter2 cache")
    asked = {"containing": "hunter2", "summary": "A password"}
    assert admin.post_form(f"/erase/{CACHE}?revision=2", **asked).status_code == 303
    assert keys(any_app) == {"redis-cache"}


def test_at_once(any_app: Flask, client_of: Any, make_page: Any) -> None:
    """Titles change hands while pages come to where they would lead."""
    people = [client_of(f"person{number}") for number in range(4)]
    for number in range(4):
        make_page(f"shared/{number}", title="Shared")

    def act(number: int) -> list[int]:
        person, seen = people[number], []
        for turn in range(4):
            title = "Shared" if turn % 2 else f"Other {number % 2}"
            seen.append(person.post_form(f"/edit/shared/{number}", title=title).status_code)
            fields = {"title": "Come", "path": f"other-{turn % 2}", "text": "x"}
            seen.append(person.post_form("/new", **fields).status_code)
        return seen

    statuses = {status for seen in at_once(4, act) for status in seen}
    assert statuses <= {303, 422}
    with any_app.app_context():
        assert list(find_problems()) == []

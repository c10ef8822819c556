"""Filters of recent changes, and marks of who has looked at them."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask

from tests.pages.visible_text import field_error, main
from tests.person import Person
from wiki.markup import render
from wiki.pages.maintenance.transfer import PreparedPage, create_pages
from wiki.pages.writing.content import Content


@pytest.fixture(autouse=True)
def changed(app: Flask, selam: Person, dawit: Person, make_page: Any, make_user: Any) -> None:
    make_page("redis", by=make_user("selam"))
    make_page("wsgi", kind="concept", by=make_user("dawit"))
    with app.app_context():
        page = PreparedPage("brought-in", Content("Brought in", "A text.\n"), render("A text.\n"))
        create_pages([page], by=make_user("dawit"))
    dawit.open_form("/edit/redis").submit(text="Fixed.\n", minor=True)


def titles(person: Person, query: str = "") -> list[str]:
    answer = person.get(f"/changes{query}")
    assert answer.status_code == 200
    return re.findall(r'class="change-title"[^>]*>([^<]*)<', answer.text)


EVERYTHING = ["Redis", "Brought in", "Wsgi", "Redis"]


def test_what_is_asked_for_is_left(any_app: Any, client: Person) -> None:
    cases = [
        ("", EVERYTHING),
        ("?person=dawit", ["Redis", "Brought in", "Wsgi"]),
        ("?person=DAWIT&kind=page", ["Redis", "Brought in"]),
        ("?kind=concept", ["Wsgi"]),
        ("?kind=", EVERYTHING),
        ("?hide=minor", ["Brought in", "Wsgi", "Redis"]),
        ("?hide=imported", ["Redis", "Wsgi", "Redis"]),
        ("?hide=minor&hide=imported&person=dawit", ["Wsgi"]),
        ("?hide=seen&hide=reviewed&hide=mine", EVERYTHING),  # who isn't signed in has none
    ]
    for query, left in cases:
        assert titles(client, query) == left, (query, left)


def test_my_own_are_left_out(selam: Person) -> None:
    assert titles(selam, "?hide=mine") == ["Redis", "Brought in", "Wsgi"]


def test_the_form_shows_what_was_asked_for(client: Person) -> None:
    form = client.open_form("/changes?person=dawit&hide=minor&hide=imported", has="person")
    assert form.method == "GET"
    assert form.values["person"] == "dawit"
    assert form.values.getlist("hide") == ["minor", "imported"]
    assert "seen" not in form.boxes.values()
    answer = form.submit(person="", kind="concept", hide=None)
    assert "Wsgi" in main(answer)


@pytest.mark.parametrize(
    ("query", "field"), [("?person=nobody", "person"), ("?kind=poem", "kind"), ("?hide=x", "hide")]
)
def test_what_there_is_not_is_reported(client: Person, query: str, field: str) -> None:
    answer = client.get(f"/changes{query}")
    assert answer.status_code == 422
    assert "Please fix the following" in main(answer)
    assert 'class="change"' not in answer.text
    assert client.get(f"/changes.atom{query}").status_code == 400
    if field == "person":
        assert "nobody with that name" in field_error(answer, "person")


def test_nothing_left_is_reported(client: Person) -> None:
    assert "No change matches these filters" in main(client.get("/changes?kind=guide"))


def test_filters_are_kept_from_page_to_page_and_in_the_feed(
    client: Person, make_page: Any, make_user: Any
) -> None:
    for number in range(51):
        make_page(f"page-{number}", by=make_user("selam"))
    text = client.get("/changes?person=selam&hide=minor").text
    (following,) = re.findall(r'rel="next" href="([^"]*)"', text)
    assert titles(client, unescape(following).removeprefix("/changes")) == ["Page 0", "Redis"]
    feeds = {unescape(url) for url in re.findall(r'href="(/changes\.atom[^"]*)"', text)}
    (narrow,) = feeds - {"/changes.atom"}
    feed = client.get(narrow).text
    assert "Wsgi" not in feed
    assert "Page 50" in feed
    assert f"{narrow.replace('&', '&amp;')}" in feed  # its own address


def test_names_that_are_no_filters_are_passed_over(client: Person) -> None:
    for address in ("/changes", "/changes.atom"):
        assert (
            client.get(f"{address}?_external=1&_anchor=x&endpoint=y&hide=minor").status_code == 200
        )


# Looked at


def test_a_mark_is_set_and_taken_back(mentor: Person, admin: Person) -> None:
    form = mentor.open_form("/changes?hide=seen", has="shown")
    first, *_ = re.findall(r'name="revision" value="(\d+)"', mentor.get("/changes").text)
    answer = form.submit(revision=first)
    assert answer.status_code == 303
    assert answer.location == "/changes?hide=seen"
    assert titles(mentor, "?hide=seen") == EVERYTHING[1:]
    assert "reviewed by meron" in main(mentor.get("/changes"))
    # Each has marks of their own; both are told of the other's.
    assert "reviewed by meron" in main(admin.get("/changes"))
    assert titles(admin, "?hide=seen") == EVERYTHING
    assert titles(admin, "?hide=reviewed") == EVERYTHING[1:]
    mentor.open_form("/changes", has="shown").submit(unmark=first)
    assert titles(mentor, "?hide=seen") == EVERYTHING


def test_all_that_are_shown_are_marked(any_app: Any, mentor: Person) -> None:
    answer = mentor.open_form("/changes?person=dawit&hide=seen", has="shown").submit()
    assert "3 changes marked" in main(mentor.get(answer.location))
    assert titles(mentor, "?hide=seen") == ["Redis"]
    # Twice is once.
    assert mentor.open_form("/changes", has="shown").submit().status_code == 303
    assert titles(mentor, "?hide=seen") == []


def test_the_last_page_of_the_list_may_be_gone_by_then(mentor: Person, make_page: Any) -> None:
    for number in range(50):
        make_page(f"page-{number}")
    answer = mentor.open_form("/changes?hide=seen&page=2", has="shown").submit()
    assert mentor.get(answer.location).status_code == 200


@pytest.mark.parametrize(("who", "status"), [("client", 401), ("reader", 403), ("selam", 403)])
def test_others_neither_mark_nor_see_marks(
    request: pytest.FixtureRequest, mentor: Person, who: str, status: int
) -> None:
    mentor.open_form("/changes", has="shown").submit()
    person: Person = request.getfixturevalue(who)
    answer = person.get("/changes?hide=seen")
    assert "reviewed by" not in main(answer)
    assert titles(person, "?hide=reviewed") == EVERYTHING
    form = person.open_form("/theme")
    form.action = "/changes/looked"
    answer = form.submit(shown="1")
    assert answer.status_code == status or "/login" in answer.location


def test_marks_on_what_there_is_not(mentor: Person) -> None:
    cases = ["0", "-1", "x", "999999999", "99999999999999999999", "1\x00"]
    for number in cases:
        answer = mentor.open_form("/changes", has="shown").submit(shown=None, revision=number)
        assert answer.status_code == 303, number


def test_a_mentor_writes_and_is_no_administrator(mentor: Person, selam: Person) -> None:
    assert mentor.post_form("/edit/redis", text="By a mentor.\n").status_code == 303
    assert mentor.get("/admin/").status_code == 403
    selam.post_form("/delete/redis")
    assert "Bring it back" in main(mentor.get("/changes"))
    assert mentor.post_form("/undelete/redis").status_code == 303


def test_an_administrator_makes_a_mentor(admin: Person, selam: Person) -> None:
    assert "Mark all" not in main(selam.get("/changes"))
    admin.post_form("/admin/people/selam", role="mentor")
    assert "Mark all" in main(selam.get("/changes"))

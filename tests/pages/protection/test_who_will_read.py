"""Who will read a page is said before it moves or comes back."""

from typing import Any

import pytest
from flask import Flask

from tests.pages.protection.test_rules import FOR_ADMINS, FOR_MEMBERS
from tests.person import Person
from wiki.pages.protection.rule_changes import set_rule


@pytest.fixture
def boss(app: Flask, make_page: Any, client_of: Any) -> Person:
    """An administrator of a wiki with a closed and an open part."""
    for path in ("closed/plan", "closed/plan/one", "closed/plan/two", "open"):
        make_page(path)
    with app.app_context():
        set_rule("closed", FOR_ADMINS, by=None)
        set_rule("closed/plan/two", FOR_MEMBERS, by=None)
    person: Person = client_of("boss", role="admin")
    return person


def test_a_move_to_other_readers_is_confirmed(boss: Person, client: Person) -> None:
    asked = boss.post_form("/rename/closed/plan", path="plan", subtree=True)
    assert asked.status_code == 200
    assert "2 pages: read by everybody (now: administrators)" in asked.text
    assert "1 page: read by everybody (now: everybody who is signed in)" in asked.text
    assert client.get("/wiki/plan").status_code == 404
    form = boss.form_in(asked, "/rename/closed/plan")
    assert form.values["path"] == "plan"
    assert form.submit().status_code == 303
    assert client.get("/wiki/plan/two").status_code == 200


def test_what_was_confirmed_is_what_happens(app: Flask, boss: Person, client: Person) -> None:
    """A page more, or another rule, and the question is asked again."""
    asked = boss.post_form("/rename/closed/plan", path="plan")
    with app.app_context():
        set_rule("plan", FOR_MEMBERS, by=None)
    again = boss.form_in(asked, "/rename/closed/plan").submit()
    assert again.status_code == 200
    assert "1 page: read by everybody who is signed in (now: administrators)" in again.text
    assert boss.form_in(again, "/rename/closed/plan").submit(path="closed/b").status_code == 303
    assert client.get("/wiki/plan").status_code == 404


def test_a_move_among_the_same_readers_asks_nothing(boss: Person) -> None:
    assert boss.post_form("/rename/open", path="opened").status_code == 303
    assert boss.post_form("/rename/closed/plan", path="closed/deep/plan").status_code == 303


def test_a_path_that_is_refused_comes_before_the_question(boss: Person) -> None:
    assert boss.post_form("/rename/closed/plan", path="a//b?").status_code == 422


def test_who_will_read_a_page_that_comes_back(app: Flask, boss: Person) -> None:
    boss.post_form("/delete/open")
    assert "It will be read by everybody." in boss.get("/undelete/open").text
    with app.app_context():
        set_rule("open", FOR_MEMBERS, by=None)
    assert "It will be read by everybody who is signed in." in boss.get("/undelete/open").text

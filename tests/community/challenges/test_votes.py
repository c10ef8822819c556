"""What people say of a challenge: "same problem here" and "worked for me"."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from urllib.parse import quote
from zipfile import ZipFile

import pytest
from flask import Flask

from tests.factories import PASSWORD, make_page, make_user
from tests.pages.visible_text import main
from tests.person import Person
from wiki.community.challenges import votes
from wiki.community.challenges.models import SAME, ChallengeVote
from wiki.database import db
from wiki.pages.writing.write import SaveResult

PAGE, SAYING = "/wiki/challenges/slow", "/challenge/challenges/slow"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def slow(make_page: Callable[..., SaveResult]) -> int:
    return make_page("challenges/slow", kind="challenge").page_id


@pytest.fixture
def selam(client_of: Callable[[str], Person]) -> Person:
    return client_of("selam")


def say(person: Person, action: str, **fields: str) -> Any:
    return person.post(SAYING, data={"action": action, **fields}, headers=SAME_ORIGIN)


def test_the_button_on_the_page_counts_once_a_person(
    any_app: Flask, slow: int, client: Person, selam: Person, client_of: Callable[[str], Person]
) -> None:
    assert "this problem" not in main(client.get(PAGE))
    for person in (selam, selam, client_of("dawit"), client_of("reader", role="reader")):
        answer = say(person, "same")
        assert (answer.status_code, answer.location) == (303, PAGE)
    assert "3 more people have this problem" in main(client.get(PAGE))
    assert "last on <time" in client.get(PAGE).text
    say(selam, "not-same")
    say(selam, "not-same")
    assert "2 more people have this problem" in main(client.get(PAGE))


def test_versions_it_worked_on_are_counted(
    any_app: Flask, slow: int, client: Person, selam: Person, client_of: Callable[[str], Person]
) -> None:
    say(selam, "worked", version="Django 5.1")
    say(selam, "worked", version=" Django  5.2 ")
    say(client_of("dawit"), "worked", version="Django 5.2")
    say(client_of("abeba"), "worked")
    page = main(client.get(PAGE))
    assert "It worked for 3 people: Django 5.2 2" in page
    assert "Django 5.1" not in page
    say(selam, "not-worked")
    assert "It worked for 2 people: Django 5.2 1" in main(client.get(PAGE))


@pytest.mark.parametrize(
    ("version", "word"), [("newest", "with its number"), ("5" * 61, "with its number")]
)
def test_a_version_that_is_none_is_refused_and_comes_back(
    slow: int, client: Person, selam: Person, version: str, word: str
) -> None:
    answer = say(selam, "worked", version=version)
    assert answer.status_code == 422
    assert word in main(answer)
    assert selam.form_in(answer, SAYING, has="version").values["version"] == version
    assert "worked for" not in main(client.get(PAGE))


def test_one_sees_only_on_a_page_of_one_s_own_what_one_said(
    slow: int, selam: Person, client_of: Callable[[str], Person]
) -> None:
    say(selam, "same")
    assert "You said so" in main(selam.get(SAYING))
    assert "You said so" not in main(client_of("dawit").get(SAYING))
    selam.get(PAGE)  # the message
    assert "You" not in main(selam.get(PAGE)).replace("Your", "")


def test_hostile_versions_are_shown_as_text(slow: int, client: Person, selam: Person) -> None:
    say(selam, "worked", version="<script>alert(1)</script>")
    page = client.get(PAGE).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def test_votes_follow_their_page(any_app: Flask, slow: int, client: Person, selam: Person) -> None:
    say(selam, "same")
    selam.post_form("/rename/challenges/slow", path="challenges/fast")
    assert "1 more person" in main(client.get("/wiki/challenges/fast"))
    selam.post_form("/delete/challenges/fast", summary="Why")
    selam.post_form("/undelete/challenges/fast")
    assert "1 more person" in main(client.get("/wiki/challenges/fast"))


def test_a_closed_account_leaves_its_votes(
    app: Flask, slow: int, client: Person, selam: Person
) -> None:
    say(selam, "same")
    answer = selam.post_form("/account/close", current_password=PASSWORD, is_sure=True)
    assert answer.status_code == 303
    page = client.get(PAGE).text
    assert "1 more person has this problem" in main(client.get(PAGE))
    assert "selam" not in page


def test_they_are_in_the_archive_of_one_s_data(app: Flask, slow: int, selam: Person) -> None:
    say(selam, "worked", version="Django 5.2")
    with selam.post_form("/account/data") as answer, ZipFile(BytesIO(answer.data)) as archive:
        (vote,) = json.loads(archive.read("votes.json"))
    assert (vote["path"], vote["vote"]) == ("challenges/slow", "worked")
    assert vote["version"] == "Django 5.2"


def test_strangers_and_other_pages_have_none(
    slow: int, client: Person, selam: Person, make_page: Callable[..., SaveResult]
) -> None:
    assert say(client, "same").status_code == 401
    make_page("guides/redis", kind="guide")
    assert selam.get("/challenge/guides/redis").status_code == 404
    assert selam.get("/challenge/nowhere").status_code == 404
    with client.application.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(ChallengeVote)) == 0


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_day_is_that_of_utc_wherever_the_database_is(
    make_app: Callable[..., Flask], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = quote("-c timezone=Pacific/Auckland -c datestyle=German")
    app = make_app(database_url=f"{database}?options={where}")
    page = make_page(app, "challenges/slow", kind="challenge")
    monkeypatch.setattr(votes, "utcnow", lambda: datetime(2026, 1, 1, 23, 30, tzinfo=UTC))
    with app.app_context():
        votes.cast_vote(page.page_id, make_user(app, "selam").id, SAME)
        assert votes.load_tally(page.page_id).same_last == date(2026, 1, 1)

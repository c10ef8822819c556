"""Proposing: by whom, what of, and what becomes of a text that can't be proposed."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.community.proposals.conftest import TEXT, press, proposed
from tests.hostile_names import OWN
from tests.person import Person
from wiki.community.proposals.models import ProposalPage
from wiki.community.proposals.proposing.propose import MAX_UNDECIDED
from wiki.database import db


def test_a_reader_proposes_and_a_mentor_accepts(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    assert 'href="/propose/redis"' in reader.get("/wiki/redis").text
    better = TEXT.replace("one thread", "one thread for commands")
    address = proposed(reader, "redis", text=better, summary="Be exact")
    assert "1 proposal" in mentor.get("/wiki/redis").text
    for person, url in ((reader, address), (mentor, address), (mentor, "/proposals?show=me")):
        assert "Be exact" in person.get(url).text
    assert "<ins> for commands</ins>" in mentor.get(address).text
    assert "one thread for commands" in mentor.get(f"{address}?view=page").text

    accepted = press(mentor, address, "accept")
    assert accepted.headers["Location"] == "/wiki/redis"
    assert reader.get("/raw/redis").text == better
    for url in ("/wiki/redis", "/history/redis", "/diff/redis", "/changes"):
        shown = mentor.get(url).text
        assert ">selam</bdi>" in shown, url
        assert "accepted by" in shown, url
    assert "<contributor><name>dawit</name></contributor>" in reader.get("/changes.atom").text
    assert "1 proposal" not in mentor.get("/wiki/redis").text
    assert "Nothing is waiting" in mentor.get("/proposals").text


def test_strangers_are_led_to_sign_in(client: Person, make_page: Any) -> None:
    make_page("redis")
    assert 'href="/propose/redis"' in client.get("/wiki/redis").text
    answer = client.get("/propose/redis")
    assert answer.headers["Location"].startswith("/account/login")
    assert client.get("/proposals").status_code == 200


def test_whoever_may_edit_saves_directly(client_of: Callable[..., Person], make_page: Any) -> None:
    make_page("redis")
    assert "/propose/" not in client_of("liya").get("/wiki/redis").text


def test_a_new_page_is_proposed_where_one_may_read(
    reader: Person, mentor: Person, make_page: Any
) -> None:
    missing = reader.get("/wiki/redis").text
    assert 'href="/propose?title=Redis&amp;path=redis"' in missing
    answer = reader.post_form("/propose?path=redis&title=Redis", text="In memory.\n")
    address = answer.headers["Location"]
    assert "A new page at" in mentor.get(address).text
    press(mentor, address, "accept")
    assert mentor.get("/raw/redis").text == "In memory.\n"
    again = reader.post_form("/propose", title="Redis", path="redis", text="Again.\n")
    assert again.status_code == 422
    assert "There is already a page at redis." in again.text


def test_nothing_is_proposed_without_a_change(reader: Person, make_page: Any) -> None:
    make_page("redis", text=TEXT)
    answer = reader.post_form("/propose/redis", summary="Why")
    assert answer.status_code == 422
    assert "nothing to propose" in answer.text


def test_amending_keeps_what_was_written_before(
    any_app: Flask, reader: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=f"{TEXT}\nFirst words.\n")
    form = reader.open_form("/propose/redis")
    assert "First words." in form.values["text"]
    assert form.submit(text=f"{TEXT}\nSecond words.\n").headers["Location"] == address
    assert "Second words." in reader.get(address).text
    assert "First words." in reader.get(f"{address}?version=1").text
    with any_app.app_context():
        assert db.session.query(ProposalPage).count() == 2


def test_another_window_that_was_faster_is_reported(reader: Person, make_page: Any) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=f"{TEXT}\nFirst.\n")
    slow, fast = reader.open_form("/propose/redis"), reader.open_form("/propose/redis")
    fast.submit(text=f"{TEXT}\nFast.\n")
    answer = slow.submit(text=f"{TEXT}\nSlow.\n")
    assert answer.status_code == 409
    again = reader.form_in(answer, "/propose/redis")
    assert again.values["text"] == f"{TEXT}\nSlow.\n"
    assert again.submit().headers["Location"] == address
    assert "Fast." in reader.get(f"{address}?version=2").text


def test_several_pages_are_one_proposal(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    for path in ("redis", "celery"):
        make_page(path, text=TEXT)
    address = proposed(reader, "redis", text=f"{TEXT}\nSee Celery.\n", summary="Both")
    number = address.rpartition("/")[2]
    added = reader.get(f"/proposals/add?proposal={number}&page=Celery")
    form = reader.open_form(added.headers["Location"])
    assert form.submit(text=f"{TEXT}\nSee Redis.\n").headers["Location"] == address
    form = reader.open_form(f"/propose?proposal={number}")
    form.submit(title="Queues", text="Both of them.\n", kind="page", path="queues")
    assert "3 pages" in mentor.get(address).text
    # Not all who read the one page may read the others.
    assert "/proposals?place=" not in mentor.get("/wiki/redis").text
    press(mentor, address, "accept")
    assert mentor.get("/raw/celery").text.endswith("See Redis.\n")
    assert mentor.get("/raw/redis").text.endswith("See Celery.\n")
    assert mentor.get("/raw/queues").text == "Both of them.\n"


def test_all_pages_or_none(reader: Person, mentor: Person, make_page: Any) -> None:
    for path in ("redis", "celery"):
        make_page(path, text=TEXT)
    address = proposed(reader, "redis", text=f"{TEXT}\nNew.\n")
    number = address.rpartition("/")[2]
    reader.open_form(f"/propose/celery?proposal={number}").submit(text="Another text.\n")
    mentor.post_form("/edit/celery", text="A third text.\n")
    answer = press(mentor, address, "accept")
    assert answer.status_code == 409
    assert "New." not in mentor.get("/raw/redis").text
    form = mentor.form_in(answer, f"{address}/improve", has="began_with")
    form.submit(action="resolve", **{"choice-0": "mine"})
    assert "New." in mentor.get("/raw/redis").text
    assert mentor.get("/raw/celery").text == "Another text.\n"


def test_five_wait_and_a_sixth_is_kept_as_a_draft(
    any_app: Flask, reader: Person, make_page: Any
) -> None:
    for number in range(MAX_UNDECIDED + 1):
        make_page(f"page-{number}")
    for number in range(MAX_UNDECIDED):
        address = proposed(reader, f"page-{number}", text="Mine.\n")
    answer = reader.post_form(f"/propose/page-{MAX_UNDECIDED}", text="One too many.\n")
    assert answer.status_code == 422
    assert "One too many." in answer.text
    assert "Page 5" in reader.get("/drafts").text
    press(reader, address, "withdraw")
    assert reader.form_in(answer, f"/propose/page-{MAX_UNDECIDED}").submit().status_code == 303
    assert "Withdrawn" in reader.get(address).text


def test_a_draft_goes_on_as_a_proposal(reader: Person, make_page: Any) -> None:
    make_page("redis", text=TEXT)
    form = reader.open_form("/propose/redis")
    form.submit(text="Unfinished.\n", action="preview")
    draft = reader.get("/drafts").text.partition('href="/drafts/')[2].partition('"')[0]
    shown = reader.get(f"/drafts/{draft}").text
    where = shown.partition('class="button" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert reader.open_form(where).values["text"] == "Unfinished.\n"


@pytest.mark.parametrize("name", [*OWN[:40:4], "<script>alert(1)</script>", "ሰላም", "مرحبا " * 20])
def test_hostile_words_do_no_harm(
    reader: Person, mentor: Person, make_page: Any, name: str
) -> None:
    make_page("redis", text=TEXT)
    form = reader.open_form("/propose/redis")
    answer = form.submit(text=f"{TEXT}\n{name}\n", summary=name, tags=name)
    assert answer.status_code in (303, 422)
    if answer.status_code == 303:
        address = answer.headers["Location"]
        for url in (address, f"{address}?view=page", f"{address}/choose", "/proposals"):
            shown = mentor.get(url)
            assert shown.status_code == 200
            assert "<script>alert" not in shown.text
        assert mentor.get("/proposals", query_string={"place": name}).status_code == 200
        mentor.get("/proposals", query_string={"person": name})


def test_what_the_address_asks_for_may_be_anything(reader: Person) -> None:
    for url in ("/proposals/1", "/proposals/9999999999", "/proposals/1?version=x&part=y"):
        assert reader.get(url).status_code == 404
    for query in ("state=x", "show=x", "person=nobody", "kind=x"):
        assert reader.get(f"/proposals?{query}").status_code == 422
    assert reader.get("/proposals?page=2").status_code == 404
    assert reader.get("/proposals?place=%00").status_code == 200
    assert reader.get("/proposals/add?proposal=x&page=%00").status_code == 404

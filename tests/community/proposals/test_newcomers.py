"""New people whose edits are looked at, readers who become learners, and long waits."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.community.proposals.conftest import TEXT, button, press, proposed
from tests.person import Person
from wiki.access.rulebook import raise_access_version
from wiki.accounts.users import user_by_name
from wiki.community.proposals.models import Proposal
from wiki.community.proposals.newcomers.promotion import ACCEPTED_NEEDED, count_accepted
from wiki.community.proposals.newcomers.stale_proposals import ask_authors
from wiki.database import utcnow, write_transaction
from wiki.hub_settings.models import StoredSetting
from wiki.search.models import OutboxEntry


@pytest.mark.settings(review_new_people=1)
def test_first_edits_become_proposals(
    any_app: Flask, client_of: Any, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    new = client_of("liya")
    assert "Propose an edit" in new.get("/wiki/redis").text
    assert new.get("/edit/redis").headers["Location"] == "/propose/redis"
    assert new.get("/rename/redis").status_code == 403
    assert new.get("/delete/redis").status_code == 403
    form = new.open_form("/propose/redis")
    data = {**form.values, "text": f"{TEXT}\nMore.\n", "action": "save"}
    answer = new.post("/edit/redis", data=data)
    assert (answer.status_code, answer.headers["Location"]) == (307, "/propose/redis")
    address = new.post("/propose/redis", data=data).headers["Location"]
    assert "are reviewed before they appear" in new.get(address).text
    assert press(mentor, address, "accept").status_code == 303
    assert "Propose an edit" not in new.get("/wiki/redis").text
    assert new.post_form("/edit/redis", text="Live.\n").headers["Location"] == "/wiki/redis"


@pytest.mark.settings(review_new_people=1)
def test_nobody_new_decides(client_of: Any, mentor: Person, make_page: Any) -> None:
    make_page("redis", text=TEXT)
    address = proposed(client_of("liya"), "redis", text="Mine.\n")
    assert client_of("liya").get(f"{address}/improve").status_code == 403
    assert client_of("hana").get(f"{address}/improve").status_code == 403
    assert mentor.post_form("/edit/redis", text="Mentors save.\n").status_code == 303


def test_after_five_a_mentor_may_make_a_learner(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    for number in range(ACCEPTED_NEEDED):
        make_page(f"page-{number}")
        address = proposed(reader, f"page-{number}", text=f"Better {number}.\n")
        assert "Make learner" not in mentor.get(address).text
        answer = press(mentor, address, "accept")
    assert answer.headers["Location"] == address
    assert "Make learner" in mentor.get(address).text
    assert "Make learner" not in reader.get(address).text
    form = button(mentor, address, "make-learner")
    assert form.submit().status_code == 303
    assert form.submit().status_code == 303, "pressed twice"
    assert reader.get("/edit/page-0").status_code == 200
    assert "Make learner" not in mentor.get(address).text


def test_authors_are_asked_once_whether_it_is_still_wanted(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text="New.\n")

    def asked() -> int:
        with any_app.app_context():
            ask_authors()
            from wiki.database import db

            return len(
                db.session.scalars(
                    db.select(OutboxEntry.number).where(OutboxEntry.event == "decision")
                ).all()
            )

    assert asked() == 0
    with any_app.app_context(), write_transaction() as session:
        session.execute(update(Proposal).values(wanted_at=utcnow() - timedelta(days=31)))
    assert asked() == asked() == 1
    assert "Is this still wanted?" in reader.get(address).text
    assert "has been asked" in mentor.get(address).text
    press(reader, address, "wanted")
    assert "Is this still wanted?" not in reader.get(address).text
    assert asked() == 1


def test_links_of_new_people_lead_nowhere_in_proposals(
    app: Flask, reader: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=f"{TEXT}\n[shop](https://shop.example)\n")
    url = f"{address}?view=page"
    assert 'href="https://shop.example"' in reader.get(url).text
    with app.app_context(), write_transaction() as session:
        session.add(StoredSetting(name="hold_links", value="on"))
        raise_access_version(session)
    assert 'href="https://shop.example"' not in reader.get(url).text


@pytest.mark.settings(review_new_people=2)
def test_nobody_new_edits_by_saying_what_solved_it(client_of: Any, mentor: Person) -> None:
    new = client_of("liya")
    fields = {"title": "Slow", "text": "It is slow.\n", "path": "slow", "kind": "challenge"}
    address = new.post_form("/propose?kind=challenge", **fields).headers["Location"]
    assert press(mentor, address, "accept").status_code == 303
    token = new.open_form("/account/settings").values["csrf_token"]
    solved = {"csrf_token": token, "action": "solve", "fix": "Buy this.", "base_revision": "1"}
    assert new.post("/challenge/slow", data=solved).status_code == 403
    assert "Buy this." not in mentor.get("/wiki/slow").text


def test_who_accepts_their_own_is_no_learner_for_it(
    app: Flask, reader: Person, mentor: Person, suggest: Any, make_page: Any
) -> None:
    for number in range(ACCEPTED_NEEDED):
        suggest("selam", make_page(f"page-{number}").page_id, f"Better {number}.\n")
        press(mentor, f"/proposals/{number + 1}", "accept")
    with app.app_context():
        selam = user_by_name("selam")
        assert count_accepted(selam.id) == ACCEPTED_NEEDED
        with write_transaction() as session:
            session.execute(update(Proposal).values(decided_by_id=selam.id))
        assert count_accepted(selam.id) == 0

"""Deciding: accepting as it is, improved or in part; asking, declining, and what comes between."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from tests.community.proposals.conftest import TEXT, button, press, proposed
from tests.factories import PASSWORD
from tests.person import Person
from wiki.access.models import Rank
from wiki.community.proposals.models import REASON_LIMIT, Proposal
from wiki.community.proposals.proposal_view import WANTED_FOR
from wiki.database import db, utcnow, write_transaction
from wiki.pages.models import Page, Revision
from wiki.pages.presentation import old_renderings
from wiki.pages.protection.rule_changes import RuleTerms, set_rule


def test_what_changed_meanwhile_is_merged(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=TEXT.replace("one thread", "a single thread"))
    mentor.post_form("/edit/redis", text=TEXT.replace("in memory", "in main memory"))
    mentor.post_form("/rename/redis", path="stores/redis", title="Redis")
    assert "both changes are merged" in mentor.get(address).text
    press(mentor, address, "accept")
    merged = mentor.get("/raw/stores/redis").text
    assert "in main memory" in merged
    assert "a single thread" in merged


def test_an_overlap_asks_for_a_choice_and_stores_nothing(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=TEXT.replace("one thread", "a single thread"))
    mentor.post_form("/edit/redis", text=TEXT.replace("one thread", "two threads"))
    answer = press(mentor, address, "accept")
    assert answer.status_code == 409
    assert "two threads" in mentor.get("/raw/redis").text
    form = mentor.form_in(answer, f"{address}/improve", has="began_with")
    missing = form.submit(action="resolve")
    assert missing.status_code == 422
    form.submit(action="resolve", **{"choice-0": "own", "own-0": "It has few threads.\n"})
    assert "few threads" in mentor.get("/raw/redis").text
    assert "improved and accepted by" in mentor.get("/history/redis").text
    assert "a single thread" in mentor.get(f"{address}?version=1&view=page").text


def test_improving_credits_both(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=f"{TEXT}\nIts fast.\n", summary="Speed")
    form = mentor.open_form(f"{address}/improve")
    answer = form.submit(text=form.values["text"].replace("Its fast", "It is fast"))
    assert answer.headers["Location"] == "/wiki/redis"
    assert "It is fast." in mentor.get("/raw/redis").text
    with any_app.app_context():
        last = db.session.scalars(db.select(Revision).order_by(Revision.id.desc())).first()
        assert last.is_improved
        assert last.summary == "Speed"


def test_some_changes_are_taken(reader: Person, mentor: Person, make_page: Any) -> None:
    make_page("redis", text=TEXT)
    text = TEXT.replace("in memory", "in main memory").replace("one thread", "no thread")
    address = proposed(reader, "redis", text=text, tags="store")
    form = mentor.open_form(f"{address}/choose")
    assert form.values.getlist("take") == ["1.tags", "1.0", "1.1"]
    assert form.submit(take=[]).status_code == 422
    assert form.submit(take=["1.0", "1.tags"]).status_code == 303
    assert mentor.get("/raw/redis").text == TEXT.replace("in memory", "in main memory")
    assert 'href="/tags/store"' in mentor.get("/wiki/redis").text


def test_choices_for_a_page_that_changed_are_asked_again(
    reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=TEXT.replace("one thread", "no thread"))
    form = mentor.open_form(f"{address}/choose")
    mentor.post_form("/edit/redis", text=f"New.\n\n{TEXT}")
    assert form.submit().status_code == 409
    assert "no thread" not in mentor.get("/raw/redis").text


def test_asking_for_changes_and_declining(reader: Person, mentor: Person, make_page: Any) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text="Everything new.\n")
    for unsaid in ("", " \n", "\u200b\u3164", "x" * (REASON_LIMIT + 1)):
        assert press(mentor, address, "answer", action="ask", reason=unsaid).status_code == 422
    press(mentor, address, "answer", action="ask", reason="Please keep the first line.")
    assert "Please keep the first line." in reader.get(address).text
    assert "Everything new" not in mentor.get("/proposals?show=me").text
    reader.post_form("/propose/redis", text=f"{TEXT}\nMore.\n")
    assert "Redis" in mentor.get("/proposals?show=me").text
    lines = ["It stands there already.", *["x"] * (REASON_LIMIT // 2 - 12)]  # as browsers count
    press(mentor, address, "answer", action="decline", reason="\r\n".join(lines))
    shown = reader.get(address).text
    assert "It stands there already." in shown
    assert "More." in shown
    assert "Decide" not in mentor.get(address).text


def test_a_proposal_outlives_the_account_of_its_author(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    for path in ("redis", "valkey"):
        make_page(path, text=TEXT)
    asked, waiting = (
        proposed(reader, path, text=f"{TEXT}\nMore.\n", summary=path.title())
        for path in ("redis", "valkey")
    )
    press(mentor, asked, "answer", action="ask", reason="Why?")
    assert "Redis" not in mentor.get("/proposals?show=me").text
    reader.post_form("/account/close", current_password=PASSWORD, is_sure=True)
    queue = mentor.get("/proposals?show=me").text
    assert "Redis" in queue
    assert "Valkey" in queue
    with any_app.app_context(), write_transaction() as session:
        session.execute(db.update(Proposal).values(wanted_at=utcnow() - WANTED_FOR * 2))
    shown = mentor.get(asked).text
    assert "selam" not in shown
    assert "closed their account" in shown
    assert "has been asked" not in shown
    assert "Ask for changes" not in shown
    assert press(mentor, asked, "accept").status_code == 303
    assert "More." in mentor.get("/raw/redis").text
    assert "a former member" in mentor.get("/history/redis").text
    press(mentor, waiting, "answer", action="decline", reason="No.")
    assert "Nothing is waiting for you" in mentor.get("/proposals?show=me").text


def test_a_deleted_page_lets_its_proposal_wait(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=f"{TEXT}\nMore.\n")
    accept = button(mentor, address, "accept")
    mentor.post_form("/delete/redis")
    assert accept.submit().status_code == 409
    shown = reader.get(address).text
    assert "This page was deleted." in shown
    assert "More." in shown
    mentor.post_form("/undelete/redis")
    assert accept.submit().status_code == 303
    assert "More." in mentor.get("/raw/redis").text


def test_a_place_that_was_taken_meanwhile(reader: Person, mentor: Person, make_page: Any) -> None:
    answer = reader.post_form("/propose", title="Redis", path="redis", text="Mine.\n")
    address = answer.headers["Location"]
    make_page("redis", text="Faster.\n")
    taken = press(mentor, address, "accept")
    assert taken.status_code == 422
    assert "There is already a page at redis." in taken.text
    form = mentor.form_in(taken, f"{address}/improve", has="text")
    form.submit(path="stores/redis")
    assert mentor.get("/raw/stores/redis").text == "Mine.\n"


def test_who_may_not_read_the_page_knows_of_no_proposal(
    app: Flask, client: Person, reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("plans/redis", text=TEXT)
    address = proposed(reader, "plans/redis", text=f"{TEXT}\nMore.\n", summary="Quokka")
    with app.app_context():
        set_rule("plans", RuleTerms(read_rank=Rank.MENTOR, edit_rank=Rank.MENTOR), by=None)
    mentor.post_form("/rename/plans/redis", path="plans/wombat", title="Wombat")
    mentor.post_form("/edit/plans/wombat", text=f"Numbat.\n\n{TEXT}")
    assert client.get(address).status_code == 404
    assert "Quokka" not in client.get("/proposals").text
    for url in (address, "/proposals?show=mine", f"{address}?view=page", "/drafts"):
        shown = reader.get(url).text
        assert "wombat" not in shown.lower()
        assert "Numbat" not in shown
    assert "More." in reader.get(address).text
    assert "Quokka" not in reader.get("/proposals?place=plans").text
    assert "Quokka" in mentor.get("/proposals?place=plans").text
    assert (
        "Numbat"
        in press(mentor, address, "accept").headers["Location"]
        + mentor.get("/raw/plans/wombat").text
    )


def test_two_mentors_accept_at_once(
    any_app: Flask, reader: Person, mentor: Person, client_of: Any, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=f"{TEXT}\nMore.\n")
    forms = [button(who, address, "accept") for who in (mentor, client_of("hana", role="mentor"))]
    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(lambda form: form.submit().status_code, forms))
    assert answers == [303, 409]
    with any_app.app_context():
        assert db.session.scalars(db.select(Page)).one().revision_count == 2


def test_the_version_that_was_looked_at_is_decided(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=f"{TEXT}\nHarmless.\n")
    accept, refuse = (button(mentor, address, action) for action in ("accept", "answer"))
    reader.post_form("/propose/redis", text=f"{TEXT}\nHarmful.\n")
    answer = accept.submit()
    assert answer.status_code == 409
    assert "has been changed in the meantime" in answer.text
    assert "Harmful." in answer.text
    refused = refuse.submit(action="decline", reason="A good reason.")
    assert refused.status_code == 409
    assert "A good reason." in refused.text
    assert mentor.get("/raw/redis").text == TEXT


def test_an_author_who_may_edit_by_now_accepts_their_own(
    app: Flask, reader: Person, make_page: Any
) -> None:
    from wiki.accounts.models import Role
    from wiki.accounts.users import change_user

    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=f"{TEXT}\nMore.\n")
    with app.app_context():
        change_user("selam", Role.LEARNER)
    assert "More" not in reader.get("/proposals?show=me").text
    press(reader, address, "accept")
    assert "accepted by" not in reader.get("/history/redis").text


def test_next_leads_through_all_that_waits(reader: Person, mentor: Person, make_page: Any) -> None:
    for path in ("one", "two"):
        make_page(path)
    first, second = (proposed(reader, path, text="New.\n") for path in ("one", "two"))
    assert mentor.get(f"{first}/next").headers["Location"] == second
    assert mentor.get(f"{second}/next").headers["Location"] == first
    press(mentor, second, "answer", action="decline", reason="No.")
    assert mentor.get(f"{first}/next").headers["Location"] == "/proposals"


def test_it_is_discussed_by_who_reads_the_page(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=f"{TEXT}\nMore.\n")
    form = mentor.form_in(mentor.get(address), address, has="text")
    assert form.submit(text="Where is this *from*?").headers["Location"].startswith(address)
    assert "Where is this <em>from</em>?" in reader.get(address).text


def test_a_rendering_that_took_long_is_stored_on_the_way(
    reader: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_renderings, "MIN_SECONDS_STORED", -1.0)
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=f"{TEXT}\nMore.\n")
    assert "More." in reader.get(f"{address}?view=page").text

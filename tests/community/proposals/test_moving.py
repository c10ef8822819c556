"""Proposals that rename pages or delete them."""

from typing import Any

from flask import Flask

from tests.community.proposals.conftest import TEXT, button, press
from tests.person import Person
from wiki.access.models import Rank
from wiki.access.permissions import Viewer
from wiki.community.events import Event
from wiki.community.proposals.models import ProposalEvent, ProposalPage
from wiki.community.proposals.proposal_events import describe_events, pages_proposed
from wiki.database import db
from wiki.pages.models import Page
from wiki.pages.protection.rule_changes import RuleTerms, set_rule


def propose_rename(reader: Person, page: str, **fields: Any) -> str:
    """Through the link in a page's menu; the address of the proposal."""
    answer = reader.open_form(f"/propose/{page}?rename=1", has="path").submit(**fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def propose_deletion(reader: Person, path: str, why: str = "") -> str:
    form = reader.open_form(f"/propose/{path}?delete=1", has="summary")
    return str(form.submit(action="delete", summary=why).headers["Location"])


def test_a_rename_is_proposed_and_accepted(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    page_id = make_page("redis", text=TEXT).page_id
    make_page("linking", text="See [it](/wiki/redis).\n")
    assert "Propose a rename" in reader.get("/wiki/redis").text
    address = propose_rename(reader, "redis", path="stores/redis", title="Redis 8")
    shown = " ".join(mentor.get(address).text.split())
    assert "Renames <bdi>redis</bdi> to <bdi>stores/redis</bdi>" in shown
    assert "(rename)" in mentor.get("/proposals").text
    mentor.post_form("/edit/redis", text=f"{TEXT}\nMore.\n")
    assert press(mentor, address, "accept").headers["Location"] == "/wiki/stores/redis"
    assert mentor.get("/wiki/redis").status_code == 302
    assert mentor.get("/raw/linking").text == "See [it](/wiki/stores/redis).\n"
    assert mentor.get("/raw/stores/redis").text == f"{TEXT}\nMore.\n"
    with any_app.app_context():
        page = db.session.get_one(Page, page_id)
        assert (page.path, page.title, page.revision_count) == ("stores/redis", "Redis 8", 3)
    assert "Renames" in reader.get(address).text


def test_a_rename_may_change_the_text_and_be_changed(
    reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = propose_rename(reader, "redis", path="a/redis", text=f"{TEXT}\nMore.\n")
    again = reader.open_form("/propose/redis", has="path")
    assert again.values["path"] == "a/redis"
    again.submit(path="b/redis")
    form = mentor.open_form(f"{address}/improve")
    assert form.values["path"] == "b/redis"
    assert form.submit(path="c/redis").headers["Location"] == "/wiki/c/redis"
    assert "More." in mentor.get("/raw/c/redis").text


def test_a_page_that_was_renamed_meanwhile_is_a_conflict(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = propose_rename(reader, "redis", path="stores/redis")
    mentor.post_form("/rename/redis", path="valkey", title="Redis")
    assert "has been renamed to <bdi>valkey</bdi> since" in mentor.get(address).text
    answer = press(mentor, address, "accept")
    assert answer.status_code == 409
    assert "renamed after another name was" in answer.text
    assert mentor.get("/wiki/valkey").status_code == 200
    mentor.open_form(f"{address}/improve").submit()
    assert mentor.get("/wiki/stores/redis").status_code == 200


def test_a_place_that_was_taken_meanwhile(reader: Person, mentor: Person, make_page: Any) -> None:
    make_page("redis", text=TEXT)
    address = propose_rename(reader, "redis", path="stores/redis")
    make_page("stores/redis", text="Another.\n")
    taken = press(mentor, address, "accept")
    assert taken.status_code == 422
    assert "There is already a page at stores/redis." in taken.text
    form = mentor.form_in(taken, f"{address}/improve", has="path")
    assert form.submit(path="caches/redis").headers["Location"] == "/wiki/caches/redis"
    assert mentor.get("/raw/stores/redis").text == "Another.\n"


def test_a_deletion_is_proposed_accepted_and_undone(
    any_app: Flask, reader: Person, client_of: Any, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = propose_deletion(reader, "redis", "Nobody uses it.")
    learner = client_of("hana", role="learner")
    shown = learner.get(address).text
    assert "Deletes <bdi>redis</bdi>" in shown
    assert "Nobody uses it." in shown
    assert press(learner, address, "accept").headers["Location"] == address
    assert learner.get("/wiki/redis").status_code == 404
    assert "can be brought back" in reader.get(address).text
    learner.post_form("/undelete/redis")
    assert learner.get("/raw/redis").text == TEXT


def test_a_page_that_was_edited_meanwhile_isnt_deleted_unseen(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = propose_deletion(reader, "redis")
    accept = button(mentor, address, "accept")
    mentor.post_form("/edit/redis", text=f"{TEXT}\nIndispensable.\n")
    answer = accept.submit()
    assert answer.status_code == 409
    assert "changed after its deletion was proposed" in answer.text
    form = mentor.form_in(answer, f"{address}/improve", has="base_revision")
    mentor.post_form("/edit/redis", text=f"{TEXT}\nStill more.\n")
    assert form.submit().status_code == 409
    assert "Still more." in mentor.get("/raw/redis").text
    form = mentor.form_in(mentor.get(address), f"{address}/improve", has="base_revision")
    assert form.submit().status_code == 303
    assert mentor.get("/wiki/redis").status_code == 404


def test_updated_links_are_no_reason_to_keep_a_page(
    reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    make_page("old", text="See [it](/wiki/redis).\n")
    address = propose_deletion(reader, "old")
    mentor.post_form("/rename/redis", path="stores/redis", title="Redis", links=True)
    assert press(mentor, address, "accept").status_code == 303


def test_a_new_path_is_chosen_without_the_words(
    reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = propose_rename(reader, "redis", path="stores/redis", text=f"{TEXT}\nMore.\n")
    form = mentor.open_form(f"{address}/choose")
    assert form.values.getlist("take") == ["1.move", "1.0"]
    assert form.submit(take=["1.move"]).status_code == 303
    assert mentor.get("/raw/stores/redis").text == TEXT


def test_the_new_place_asks_for_rights_too(
    any_app: Flask, reader: Person, client_of: Any, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = propose_rename(reader, "redis", path="plans/redis", title="Quokka")
    learner = client_of("hana", role="learner")
    accept = button(learner, address, "accept")
    for read_rank, seen, decided in ((Rank.ANYBODY, 200, 403), (Rank.MENTOR, 404, 404)):
        with any_app.app_context():
            set_rule("plans", RuleTerms(read_rank=read_rank, edit_rank=Rank.MENTOR), by=None)
        assert learner.get(address).status_code == seen
        assert f'href="{address}"' not in learner.get("/proposals?show=me").text
        assert accept.submit().status_code == decided
    assert "plans/redis" in reader.get(address).text


def test_who_follows_is_told_what_it_does(
    app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    propose_rename(reader, "redis", path="stores/redis")
    with app.app_context():
        entry = db.session.scalars(db.select(ProposalEvent)).one()
        page_id = db.session.scalars(db.select(ProposalPage.page_id)).one()
        event = Event(1, "proposal", page_id, None, entry.by_id, entry.id, entry.at)
        told = describe_events([event], Viewer(None))[1]
        assert told.excerpt == "Renames “Redis” to stores/redis."
        assert {about.key for about in pages_proposed([event])[1]} == {"redis", "stores/redis"}


def test_two_parts_that_came_to_have_one_path(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    for path in ("redis", "valkey"):
        make_page(path, text=TEXT)
    address = propose_rename(reader, "redis", path="stores/redis")
    number = address.rpartition("/")[2]
    more = reader.open_form(f"/propose/valkey?rename=1&proposal={number}", has="path")
    refused = more.submit(path="stores/Redis")
    assert refused.status_code == 422
    assert "Two of the pages would be at stores/Redis." in refused.text
    assert more.submit(path="stores/valkey").status_code == 303
    with any_app.app_context():
        same = {"path": "stores/Redis", "key": "stores/redis"}
        db.session.execute(db.update(ProposalPage).filter_by(number=2).values(**same))
        db.session.commit()
    answer = press(mentor, address, "accept")
    assert answer.status_code == 422
    assert "Two of the pages would be at stores/Redis." in answer.text
    form = mentor.form_in(answer, f"{address}/improve?part=2", has="path")
    assert form.submit(path="stores/valkey").status_code == 303
    assert mentor.get("/wiki/stores/redis").status_code == 200
    assert mentor.get("/wiki/stores/valkey").status_code == 200


def test_a_new_path_that_is_chosen_when_it_is_taken(
    reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = propose_rename(reader, "redis", path="stores/redis", text=f"{TEXT}\nMore.\n")
    make_page("stores/redis", text="Another.\n")
    answer = mentor.open_form(f"{address}/choose").submit(take=["1.move"])
    assert answer.status_code == 409
    assert "There is already a page at stores/redis." in answer.text

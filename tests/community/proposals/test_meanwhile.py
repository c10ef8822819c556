"""What happens between looking at a proposal and deciding: changes, erasures, other decisions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from tests.community.proposals.conftest import TEXT, button, press, proposed
from tests.factories import make_page
from tests.person import Person
from wiki.access.models import Rank
from wiki.community.proposals.deciding import accepting, decide_views
from wiki.community.proposals.proposing import parts
from wiki.community.proposals.proposing.parts import ProposedPage
from wiki.community.proposals.proposing.propose import propose
from wiki.database import db
from wiki.pages.protection.rule_changes import RuleTerms, set_rule
from wiki.pages.writing.content import Content


def add_new_page(person: Person, address: str, path: str, text: str) -> None:
    """Add a new page to one's own proposal."""
    number = address.rpartition("/")[2]
    answer = person.open_form(f"/propose?proposal={number}").submit(
        title=path, path=path, text=text
    )
    assert answer.headers["Location"] == address


def test_a_conflict_isnt_offered_of_what_was_decided_meanwhile(
    any_app: Flask, reader: Person, mentor: Person, client_of: Any, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=TEXT.replace("one thread", "no thread"))
    accept = button(mentor, address, "accept")
    mentor.post_form("/edit/redis", text=TEXT.replace("one thread", "two threads"))
    hana = client_of("hana", role="mentor")
    press(hana, address, "answer", action="decline", reason="It has two.")
    answer = accept.submit()
    assert answer.status_code == 409
    assert "decided or withdrawn in the meantime" in answer.text
    assert "choice-0" not in answer.text


def test_a_conflict_isnt_offered_of_another_version(
    reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=TEXT.replace("one thread", "no thread"))
    accept = button(mentor, address, "accept")
    amend = reader.open_form("/propose/redis")
    mentor.post_form("/edit/redis", text=TEXT.replace("one thread", "two threads"))
    amend.submit(text=TEXT.replace("one thread", "few threads"))
    answer = accept.submit()
    assert answer.status_code == 409
    assert "has been changed in the meantime" in answer.text
    assert "choice-0" not in answer.text


def test_what_is_erased_meanwhile_isnt_written_back(
    any_app: Flask, reader: Person, client_of: Any, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_page("redis", text=TEXT)
    make_page("notes", text="hunter2 is the password\n")
    address = proposed(reader, "redis", text=f"{TEXT}\nhunter2 opens it.\n")
    admin = client_of("liya", role="admin")
    erase = admin.open_form("/erase/notes?revision=1")
    prepare, erased = accepting._prepare_unlocked, []

    def prepare_slowly(*arguments: Any) -> Any:
        prepared = prepare(*arguments)
        if not erased:
            erased.append(erase.submit(containing="hunter2", summary="A password").status_code)
        return prepared

    monkeypatch.setattr(accepting, "_prepare_unlocked", prepare_slowly)
    assert press(admin, address, "accept").status_code == 303
    assert erased == [303]
    written = admin.get("/raw/redis").text
    assert "opens it." in written
    assert "hunter2" not in written


def test_what_is_erased_meanwhile_isnt_chosen(
    any_app: Flask, reader: Person, client_of: Any, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_page("redis", text=TEXT)
    make_page("notes", text="hunter2 is the password\n")
    words = TEXT.replace("one thread", "no thread")
    address = proposed(reader, "redis", text=f"Before.\n\n{words}\nhunter2 opens it.\n")
    admin = client_of("liya", role="admin")
    erase = admin.open_form("/erase/notes?revision=1")
    form = admin.open_form(f"{address}/choose")
    improve = decide_views.improve

    def improve_slowly(*arguments: Any, **more: Any) -> Any:
        erase.submit(containing="hunter2", summary="A password")
        return improve(*arguments, **more)

    monkeypatch.setattr(decide_views, "improve", improve_slowly)
    answer = form.submit(take=form.values.getlist("take")[1:])
    assert answer.status_code == 409
    assert "hunter2" not in answer.text
    assert admin.get("/raw/redis").text == TEXT


def test_an_erased_text_isnt_improved(
    reader: Person, client_of: Any, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text="hunter2 is the password\n")
    address = proposed(reader, "redis", text="hunter2 is the pass word\n")
    form = mentor.open_form(f"{address}/improve")
    admin = client_of("liya", role="admin")
    admin.open_form("/erase/redis?revision=1").submit(summary="A password")
    assert form.submit().status_code == 409
    assert "hunter2" not in mentor.get("/raw/redis").text


def test_the_page_whose_place_was_taken_is_the_one_that_is_shown(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=f"{TEXT}\nMore.\n")
    add_new_page(reader, address, "valkey", "A fork.\n")
    add_new_page(reader, address, "dragonfly", "Another.\n")
    improve = mentor.open_form(f"{address}/improve?part=1")
    make_page("dragonfly", text="Faster.\n")
    taken = press(mentor, address, "accept")
    assert taken.status_code == 422
    assert "There is already a page at dragonfly." in taken.text
    form = mentor.form_in(taken, f"{address}/improve", has="path")
    assert form.values["path"] == "dragonfly"
    assert form.values["text"] == "Another.\n"
    # The same where another part is being improved: its words are kept in the proposal.
    taken = improve.submit(text=f"{TEXT}\nMuch more.\n")
    assert taken.status_code == 422
    form = mentor.form_in(taken, f"{address}/improve", has="path")
    assert form.values["path"] == "dragonfly"
    assert form.submit(path="stores/dragonfly").status_code == 303
    assert "Much more." in mentor.get("/raw/redis").text
    assert mentor.get("/raw/stores/dragonfly").text == "Another.\n"
    assert mentor.get("/raw/valkey").text == "A fork.\n"


def test_the_same_changes_are_chosen_when_the_page_has_changed(
    reader: Person, mentor: Person, make_page: Any
) -> None:
    lines = [f"{word}.\n\n" for word in ("One", "Two", "Three", "Four")]
    make_page("redis", text="".join(lines))
    changed = [line.replace(".", "!") for line in lines]
    address = proposed(reader, "redis", text="".join(changed), tags="store")
    form = mentor.open_form(f"{address}/choose")
    mentor.post_form("/edit/redis", text="".join([changed[0], *lines[1:]]))
    # The third change is the second one by now.
    again = form.submit(take=["1.0", "1.2", "1.tags"])
    assert again.status_code == 409
    form = mentor.form_in(again, f"{address}/choose")
    assert form.values.getlist("take") == ["1.tags", "1.1"]
    assert form.submit().status_code == 303
    text = "".join([changed[0], lines[1], changed[2], lines[3]])
    assert mentor.get("/raw/redis").text == text


@pytest.mark.parametrize("improvement", ["", "It is fast.\n"])
def test_accepting_discards_the_draft_of_the_editor(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any, improvement: str
) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=f"{TEXT}\nMore.\n")
    form = mentor.open_form(f"{address}/improve")
    draft = {**form.values, "text": "Half a sentence", "page": "redis"}
    assert mentor.post("/drafts", data=draft).status_code == 200
    assert form.submit(text=form.values["text"] + improvement).status_code == 303
    assert "Redis" not in mentor.get("/drafts").text


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> Barrier:
    """An acceptance waits here before it takes its locks."""
    start, prepare = Barrier(2), accepting._prepare_unlocked

    def prepare_and_wait(*arguments: Any) -> Any:
        prepared = prepare(*arguments)
        start.wait(60)
        return prepared

    monkeypatch.setattr(accepting, "_prepare_unlocked", prepare_and_wait)
    return start


@pytest.fixture
def propose_all(app: Flask, make_user: Any, viewer_of: Any) -> Callable[..., int]:
    """`propose_all("selam", pages)`: a proposal of all these pages."""

    def propose_all(name: str, pages: list[ProposedPage]) -> int:
        by = make_user(name, role="reader")
        with app.app_context():
            return propose(pages, by=db.session.merge(by), viewer=viewer_of(by))

    return propose_all


def test_acceptances_of_the_same_new_pages_dont_deadlock(
    any_app: Flask, together: Barrier, mentor: Person, client_of: Any, propose_all: Any
) -> None:
    new = [ProposedPage(Content(f"New {n}", "A text.\n"), path=f"new/{n}") for n in range(8)]
    ids = [propose_all("selam", pages) for pages in (new, new[::-1])]
    people = (mentor, client_of("hana", role="mentor"))
    forms = [
        button(who, f"/proposals/{id_}", "accept") for who, id_ in zip(people, ids, strict=True)
    ]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda form: form.submit().status_code, forms))
    assert sorted(answers) == [303, 422]


def test_accepting_and_proposing_the_same_pages_dont_deadlock(
    any_app: Flask,
    together: Barrier,
    mentor: Person,
    propose_all: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = [make_page(any_app, f"pages/{n}", text=TEXT).page_id for n in range(12)]
    edits = [ProposedPage(Content(f"Page {id_}", f"{TEXT}\nMore.\n"), id_, 1) for id_ in ids]
    form = button(mentor, f"/proposals/{propose_all('selam', edits)}", "accept")
    count_parts, make_part = count(), parts._part

    def wait_after_first(*arguments: Any) -> Any:
        if next(count_parts) == 1:
            together.wait(60)
        return make_part(*arguments)

    monkeypatch.setattr(parts, "_part", wait_after_first)
    with ThreadPoolExecutor(2) as pool:
        proposing = pool.submit(propose_all, "hana", edits[::-1])
        assert form.submit().status_code == 303
        assert proposing.result()


def test_who_may_not_read_a_page_any_more_sees_their_own_words_alone(
    app: Flask, reader: Person, mentor: Person, make_page: Any
) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text=f"{TEXT}\nMy line.\n")
    with app.app_context():
        set_rule("redis", RuleTerms(read_rank=Rank.MENTOR, edit_rank=Rank.MENTOR), by=None)
    mentor.post_form("/edit/redis", title="Balafon", text=f"A secret.\n\n{TEXT}")
    form = mentor.open_form(f"{address}/improve")
    assert form.submit(text=f"{form.values['text']}\nAnother secret.\n").status_code == 303
    shown = reader.get(address).text
    assert "My line." in shown
    for where in (
        shown,
        reader.get("/proposals?show=mine").text,
        reader.get(f"/api/v1{address}").text,
    ):
        assert "secret" not in where
        assert "Balafon" not in where

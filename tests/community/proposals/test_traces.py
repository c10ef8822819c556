"""What proposals keep of people and texts: told, exported, erased."""

import io
import zipfile
from typing import Any

from flask import Flask

from tests.community.proposals.conftest import TEXT, press, proposed
from tests.community.run_notifier import notify
from tests.person import Person
from wiki.access.models import Rank
from wiki.access.permissions import Viewer, anonymous_viewer
from wiki.accounts.models import User
from wiki.community.events import Event, addressees, describe
from wiki.community.watching.models import Notification
from wiki.database import db, utcnow
from wiki.pages.protection.rule_changes import RuleTerms, set_rule
from wiki.search.models import OutboxEntry


def _events() -> list[Event]:
    rows = db.session.scalars(
        db.select(OutboxEntry).where(OutboxEntry.event.in_(("proposal", "decision")))
    )
    return [
        Event(row.number, row.event, row.page_id, None, row.actor_id, row.subject_id, utcnow())
        for row in rows
    ]


def test_authors_are_notified_of_answers_and_nobody_of_what_is_hidden(
    any_app: Flask, reader: Person, mentor: Person, make_page: Any, make_user: Any
) -> None:
    make_page("redis", text=TEXT)
    address = proposed(reader, "redis", text="New.\n", summary="Quokka")
    press(mentor, address, "answer", action="ask", reason="Why?")
    reader.post_form("/propose/redis", text="Newer.\n")
    selam, dawit = (make_user(name).id for name in ("selam", "dawit"))
    with any_app.app_context():
        opened, asked, amended = events = _events()
        told = addressees(events)
        assert told == {opened.number: {dawit}, asked.number: {selam}, amended.number: {dawit}}
        lines = [each.line for each in describe(events, anonymous_viewer()).values()]
        assert lines == [
            "selam proposed “Quokka”",
            "dawit asked for changes to the proposal “Quokka”",
            "selam changed the proposal “Quokka”",
        ]
        set_rule("redis", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
        assert not describe(events, anonymous_viewer())
        assert len(describe(events, Viewer(selam, "reader"))) == 3


def test_who_watches_any_of_its_pages_is_notified_once(
    any_app: Flask, reader: Person, client_of: Any, make_page: Any
) -> None:
    first, second = (make_page(path, text=TEXT) for path in ("redis", "valkey"))
    watching = {
        "dawit": ["redis", [f"page:{first.page_id}"]],
        "hana": ["valkey", [f"page:{second.page_id}"]],
        "abebe": ["valkey", [f"page:{second.page_id}", "all:"]],
    }
    people = {name: client_of(name) for name in ("liya", *watching)}
    for name, (path, targets) in watching.items():
        people[name].open_form(f"/watch/{path}").submit(targets=targets)
    adding = people["liya"].open_form("/watching", has="scope").values["csrf_token"]
    tree = {"scope": "tree", "name": "stores", "csrf_token": adding}
    assert people["liya"].post("/watching/add", data=tree).status_code == 303
    address = proposed(reader, "redis", text=f"{TEXT}\nMore.\n", summary="Quokka")
    number = address.rpartition("/")[2]
    reader.open_form(f"/propose/valkey?proposal={number}").submit(text=f"{TEXT}\nMore.\n")
    new = reader.open_form(f"/propose?proposal={number}")
    new.submit(title="Etcd", path="stores/etcd", text="A store.\n")
    notify(any_app)
    with any_app.app_context():
        rows = db.session.execute(
            db.select(User.username, db.func.count()).join(Notification).group_by(User.username)
        )
        told = {row.username: row[1] for row in rows}
        # The first of three is told to who watches the first page, the last to all.
        assert told == {"dawit": 3, "abebe": 3, "hana": 2, "liya": 1}
        set_rule("redis", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
    reader.open_form("/propose/valkey").submit(text=f"{TEXT}\nEven more.\n")
    notify(any_app)
    with any_app.app_context():
        assert db.session.scalar(db.select(db.func.count(Notification.user_id))) == 9


def test_ones_own_words_are_in_the_archive(reader: Person, make_page: Any) -> None:
    make_page("redis", text=TEXT)
    proposed(reader, "redis", text="My own words.\n")
    archive = reader.post_form("/account/data")
    packed_bytes = archive.data
    archive.close()
    with zipfile.ZipFile(io.BytesIO(packed_bytes)) as packed:
        names = [name for name in packed.namelist() if name.startswith("proposed-pages/")]
        assert packed.read(names[0]) == b"My own words.\n"
        assert b'"state": "open"' in packed.read("proposals.json")


def test_an_erased_phrase_is_nowhere(
    any_app: Flask, reader: Person, client_of: Any, make_page: Any
) -> None:
    make_page("redis", text=f"{TEXT}\nhunter2 is the password\n")
    address = proposed(reader, "redis", text="hunter2 is it\n", summary="hunter2")
    admin = client_of("liya", role="admin")
    form = admin.open_form("/erase/redis?revision=1")
    assert form.submit(containing="hunter2", summary="A password").status_code == 303
    shown = reader.get(address).text
    assert "hunter2" not in shown
    assert "is it" in shown
    assert "hunter2" not in reader.get("/proposals").text


def test_with_the_text_it_was_based_on_a_proposal_is_erased(
    reader: Person, client_of: Any, make_page: Any
) -> None:
    make_page("redis", text="hunter2 is the password\n")
    address = proposed(reader, "redis", text="hunter2 is the pass word\n")
    admin = client_of("liya", role="admin")
    admin.open_form("/erase/redis?revision=1").submit(summary="A password")
    shown = admin.get(address).text
    assert "hunter2" not in shown
    assert "The text was erased" in shown

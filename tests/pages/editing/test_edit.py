"""Changing a page, and that what was typed is never lost on the way."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import databases, factories
from tests.factories import PASSWORD
from tests.pages.visible_text import count_revisions, field_error, main, raw
from tests.person import Person
from wiki import create_app
from wiki.config import PAGE_TEXT_LIMIT, read_settings
from wiki.database import db
from wiki.pages.models import Link, Page, Revision, Tag

TYPED = "What I typed for an hour.\n"


@pytest.fixture(autouse=True)
def page(make_page: Any) -> Any:
    return make_page("redis", text="A store.\n", tags=["Data"])


def test_it_works(app: Flask, client: Person, selam: Person) -> None:
    answer = selam.post_form(
        "/edit/redis",
        title="Redis, a store",
        text="It keeps [[Celery]]'s jobs.\n",
        tags="data, Queues",
        kind="technology",
        summary="Said what for",
        minor=True,
    )
    assert answer.status_code == 303
    assert answer.location == "/wiki/redis"
    assert "Saved as revision 2." in main(selam.get("/wiki/redis"))
    words = main(client.get("/wiki/redis"))
    assert "Redis, a store" in words
    assert "Technology" in words
    assert "It keeps Celery" in words
    history = main(client.get("/history/redis"))
    assert "Said what for" in history
    assert "minor" in history
    with app.app_context():
        assert set(db.session.scalars(db.select(Tag.key))) == {"data", "queues"}
        assert set(db.session.scalars(db.select(Link.to_key))) == {"celery"}
        assert db.session.scalar(db.select(Page.kind)) == "technology"


def test_the_form_shows_what_is_stored(selam: Person, make_page: Any) -> None:
    make_page("it-breaks", text="\n\nA text.", kind="challenge", tags=["One", "Two words"])
    form = selam.open_form("/edit/it-breaks")
    assert form.values["title"] == "It breaks"
    assert form.values["text"] == "\n\nA text."
    assert form.values["kind"] == "challenge"
    assert form.values["status"] == "open"
    assert form.values["tags"] == "One, Two words"
    assert form.values["base_revision"] == "1"


def test_a_save_without_a_change_stores_nothing(client: Person, selam: Person) -> None:
    answer = selam.post_form("/edit/redis", summary="Nothing at all")
    assert answer.status_code == 303
    assert "You haven’t changed anything" in main(selam.get("/wiki/redis"))
    assert count_revisions(client, "redis") == 1


def test_a_challenge_is_marked_as_solved(client: Person, selam: Person, make_page: Any) -> None:
    make_page("it-breaks", kind="challenge")
    selam.post_form("/edit/it-breaks", status="solved")
    assert "Challenge, solved" in main(client.get("/wiki/it-breaks"))


def test_a_challenge_that_becomes_a_guide_is_neither_open_nor_solved(
    client: Person, selam: Person, make_page: Any
) -> None:
    make_page("it-breaks", kind="challenge")
    selam.post_form("/edit/it-breaks", kind="guide")
    words = main(client.get("/wiki/it-breaks"))
    assert "Guide" in words
    assert "Guide, open" not in words


def test_a_status_from_elsewhere_survives_an_edit(
    app: Flask, selam: Person, make_page: Any
) -> None:
    make_page("imported", fields={"status": "draft", "summary": "In short"})
    selam.post_form("/edit/imported", text="Another text.\n")
    with app.app_context():
        fields = db.session.scalars(db.select(Revision.fields).order_by(Revision.id.desc())).first()
    assert fields == {"status": "draft", "summary": "In short"}


def test_what_was_not_sent_stays_as_it_was(app: Flask, selam: Person) -> None:
    selam.post_form("/edit/redis", kind="technology")
    form = selam.open_form("/edit/redis")
    answer = form.submit(text="Another text.\n", kind=None, tags=None, title=None, status=None)
    assert answer.status_code == 303
    with app.app_context():
        page = db.session.scalars(db.select(Page)).one()
        assert (page.title, page.kind) == ("Redis", "technology")
        assert list(db.session.scalars(db.select(Tag.name))) == ["Data"]


def test_a_form_without_its_text_changes_no_text(client: Person, selam: Person) -> None:
    selam.open_form("/edit/redis").submit(text=None, tags="")
    assert raw(client, "redis") == "A store.\n"


def test_tags_can_be_taken_away(app: Flask, selam: Person) -> None:
    selam.post_form("/edit/redis", tags="")
    with app.app_context():
        assert db.session.scalars(db.select(Tag)).all() == []


def test_the_old_path_of_a_page_edits_the_page(client: Person, selam: Person) -> None:
    form = selam.open_form("/edit/redis")
    selam.post_form("/rename/redis", path="stores/redis")
    answer = form.submit(text=TYPED)
    assert answer.status_code == 303
    assert answer.location == "/wiki/stores/redis"
    assert raw(client, "stores/redis") == TYPED


# The text as it was sent


def test_a_text_is_stored_as_it_was_sent(client: Person, selam: Person) -> None:
    cases = [
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("no end", "no end"),
        ("\n\n  first\t\n", "\n\n  first\t\n"),
        ("", ""),
        ("a\x00b", "a\ufffdb"),
        ("a\x0b\x0c\x85\u2028b\n", "a\x0b\x0c\x85\u2028b\n"),
        ("cafe\u0301 café\n", "cafe\u0301 café\n"),
        ("\ufeffbom\n", "\ufeffbom\n"),
        (
            "</textarea><script>alert(1)</script>&amp;\n",
            "</textarea><script>alert(1)</script>&amp;\n",
        ),
    ]
    for sent, stored in cases:
        selam.post_form("/edit/redis", text=sent)
        assert raw(client, "redis") == stored, sent


# An example takes four requests.
@settings(max_examples=settings.default.max_examples // 4)
@given(text=st.text(max_size=300))
def test_any_text_is_stored_byte_for_byte(edited: Person, text: str) -> None:
    form = edited.open_form("/edit/redis")
    assert form.submit(text=text).status_code == 303
    expected = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    assert raw(edited, "redis") == expected
    assert edited.get("/wiki/redis").status_code == 200


@pytest.fixture(scope="module")
def edited(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """A learner in one wiki for many examples."""
    folder = tmp_path_factory.mktemp("examples")
    shutil.copyfile(migrated_sqlite, folder / "nexus.sqlite3")
    app = create_app(
        read_settings(
            {
                "NEXUS_INSTANCE": str(folder),
                "NEXUS_DATABASE_URL": f"sqlite:///{folder / 'nexus.sqlite3'}",
                "NEXUS_SECRET_KEY": databases.KEY,
                "NEXUS_RATE_LIMITS": "off",
            }
        )
    )
    app.testing = True
    app.test_client_class = Person
    factories.make_page(app, "redis")
    yield factories.client_of(app, factories.make_user(app, "selam"))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_lone_surrogates_are_no_text(app: Flask, client: Person) -> None:
    factories.make_page(app, "odd", text="a\ud800b\n")
    assert raw(client, "odd") == "a\ufffdb\n"


def test_half_of_a_character_is_refused(client: Person, selam: Person) -> None:
    form = selam.open_form("/edit/redis")
    token = form.values["csrf_token"]
    body = f"csrf_token={token}&title=Redis&base_revision=1&text=a%FFb%ED%A0%80".encode()
    answer = selam.post("/edit/redis", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert raw(client, "redis") == "A store.\n"


# What is refused


def test_a_text_over_the_limit_comes_back(client: Person, selam: Person) -> None:
    text = "é" * (PAGE_TEXT_LIMIT // 2 + 1)
    answer = selam.post_form("/edit/redis", text=text, summary="Much")
    assert answer.status_code == 422
    assert "2,000 kB" in field_error(answer, "text")
    form = selam.form_in(answer, "/edit/redis")
    assert form.values["text"] == text
    assert form.values["summary"] == "Much"
    assert raw(client, "redis") == "A store.\n"


def test_an_empty_title_is_reported(selam: Person) -> None:
    answer = selam.post_form("/edit/redis", title=" ", text=TYPED)
    assert answer.status_code == 422
    assert field_error(answer, "title")
    form = selam.form_in(answer, "/edit/redis")
    assert form.submit(title="Redis").status_code == 303
    assert raw(selam, "redis") == TYPED


def test_a_page_that_was_deleted_meanwhile_gives_the_text_back(
    client: Person, selam: Person, dawit: Person
) -> None:
    form = selam.open_form("/edit/redis")
    dawit.post_form("/delete/redis")
    answer = form.submit(text=TYPED, tags="mine", summary="Why")
    assert answer.status_code in (404, 409, 410)
    kept = selam.form_in(answer, "/edit/redis", has="text")
    assert kept.values["text"] == TYPED
    assert kept.values["tags"] == "mine"
    assert kept.submit().status_code == 303
    assert raw(client, "redis") == TYPED


def test_a_page_that_does_not_exist_is_offered(selam: Person) -> None:
    answer = selam.get("/edit/nothing-here")
    assert answer.status_code == 404
    assert "/new?" in answer.text


# Who may, and what becomes of the text when the session is gone


def test_a_stranger_is_asked_to_sign_in_and_comes_back(client: Person, make_user: Any) -> None:
    make_user("selam")
    answer = client.get("/edit/redis")
    assert answer.status_code == 302
    assert answer.location == "/account/login?next=/edit/redis"
    signed_in = client.post_form(answer.location, username="selam", password=PASSWORD)
    assert signed_in.location == "/edit/redis"


def test_a_stranger_is_asked_whether_there_is_a_page_or_not(client: Person) -> None:
    assert client.get("/edit/nothing-here").status_code == 302


def test_a_reader_may_not(client: Person, reader: Person, selam: Person) -> None:
    assert reader.get("/edit/redis").status_code == 403
    token = reader.open_form("/account/settings").values["csrf_token"]
    answer = reader.post("/edit/redis", data={"csrf_token": token, "title": "x", "text": TYPED})
    assert answer.status_code == 403
    assert TYPED in answer.text
    assert raw(client, "redis") == "A store.\n"
    assert "/edit/redis" not in reader.get("/wiki/redis").text


def test_a_session_that_ended_keeps_the_text_until_it_is_saved(
    client: Person, selam: Person
) -> None:
    form = selam.open_form("/edit/redis")
    selam.post_form("/account/logout")
    refused = form.submit(text=TYPED, summary="Why", minor=True, tags="")
    assert refused.status_code == 401
    assert raw(client, "redis") == "A store.\n"
    assert "/account/login" in refused.text
    kept = selam.form_in(refused, "/edit/redis")
    assert kept.values["text"] == TYPED

    selam.post_form("/account/login", username="selam", password=PASSWORD)
    answer = kept.submit()
    if answer.status_code == 400:
        # Signing in began another session, whose token the kept form can't have.
        answer = selam.form_in(answer, "/edit/redis").submit()
    assert answer.status_code == 303
    assert raw(client, "redis") == TYPED
    history = main(client.get("/history/redis"))
    assert "Why" in history
    assert "minor" in history
    assert 'href="/tags/data"' not in client.get("/wiki/redis").text


def test_a_wrong_token_keeps_the_text_in_a_form_with_a_good_one(
    client: Person, selam: Person
) -> None:
    answer = selam.post_form("/edit/redis", text=TYPED, summary="Why", csrf_token="wrong")
    assert answer.status_code == 400
    assert raw(client, "redis") == "A store.\n"
    kept = selam.form_in(answer, "/edit/redis")
    assert kept.values["text"] == TYPED
    assert kept.submit().status_code == 303
    assert raw(client, "redis") == TYPED


def test_no_token_saves_nothing(client: Person, selam: Person) -> None:
    answer = selam.post_form("/edit/redis", text=TYPED, csrf_token=None)
    assert answer.status_code == 400
    assert raw(client, "redis") == "A store.\n"


def test_a_new_page_is_kept_too(client: Person, selam: Person) -> None:
    form = selam.open_form("/new?kind=concept")
    selam.post_form("/account/logout")
    refused = form.submit(title="Caching", text=TYPED)
    assert refused.status_code == 401
    selam.post_form("/account/login", username="selam", password=PASSWORD)
    answer = selam.form_in(refused, "/new").submit()
    if answer.status_code == 400:
        answer = selam.form_in(answer, "/new").submit()
    assert answer.location == "/wiki/concepts/caching"

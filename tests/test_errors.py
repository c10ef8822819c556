"""What goes wrong is told in words, with the right status, and what was typed comes back."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from tests import factories
from tests.pages.screen import main, raw
from tests.person import Person
from wiki.extensions import db

TYPED = "What I typed for an hour.\n"


@pytest.fixture
def selam(client_of: Callable[..., Person]) -> Person:
    return client_of("selam")


@pytest.fixture
def file(app: Flask) -> Path:
    """The database's file."""
    with app.app_context():
        return Path(db.engine.url.database or "")


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Somebody else writes for longer than anybody waits."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full(app: Flask) -> Iterator[None]:
    """The disk has no page left."""

    def limit(connection: Any, _record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    with app.app_context():
        engine = db.engine
        engine.dispose()
    event.listen(engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(engine, "connect", limit)
        engine.dispose()


@contextmanager
def read_only(app: Flask) -> Iterator[None]:
    """The file can't be written."""

    def refuse(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA query_only=ON")

    with app.app_context():
        engine = db.engine
        engine.dispose()
    event.listen(engine, "connect", refuse)
    try:
        yield
    finally:
        event.remove(engine, "connect", refuse)
        engine.dispose()


@pytest.fixture
def impatient(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for another writer."""
    monkeypatch.setattr("wiki.extensions.BUSY_TIMEOUT", 50)
    with app.app_context():
        db.engine.dispose()  # what is open already has the longer time


@pytest.fixture(params=["locked", "full", "read-only"])
def unwritable(request: pytest.FixtureRequest, app: Flask, file: Path, impatient: None) -> Any:
    """`with unwritable():` the database can be read, and takes no change."""
    return {
        "locked": lambda: locked(file),
        "full": lambda: full(app),
        "read-only": lambda: read_only(app),
    }[request.param]


# Long enough that no free space inside the file holds it, and nothing that compresses.
LONG = "".join(chr(0x1200 + (number * 7919) % 300) for number in range(60_000)) + TYPED


def test_a_save_that_cannot_be_stored_keeps_the_text(
    client: Person, selam: Person, make_page: Any, unwritable: Any
) -> None:
    make_page("redis", text="Before.\n")
    form = selam.open_form("/edit/redis")
    with unwritable():
        answer = form.submit(text=LONG, summary="Why", tags="one", minor=True)
        assert answer.status_code == 503
        assert "Nothing is lost" in main(answer)
        kept = selam.form_in(answer, "/edit/redis")
        assert kept.values["text"] == LONG
        assert kept.values["summary"] == "Why"
        assert kept.values["minor"] == "y"
        assert raw(client, "redis") == "Before.\n"
        assert client.get("/wiki/redis").status_code == 200
    assert kept.submit().status_code == 303
    assert raw(client, "redis") == LONG


def test_a_new_page_that_cannot_be_stored_keeps_the_text(
    client: Person, selam: Person, unwritable: Any
) -> None:
    form = selam.open_form("/new")
    with unwritable():
        answer = form.submit(title="Redis", path="stores/redis", text=LONG)
        assert answer.status_code == 503
        kept = selam.form_in(answer, "/new")
        assert kept.values["text"] == LONG
    assert kept.submit().location == "/wiki/stores/redis"


@pytest.mark.parametrize("tool", ["delete", "rename", "restore", "undelete"])
def test_what_cannot_be_done_now_is_told(
    selam: Person, make_page: Any, file: Path, impatient: None, tool: str
) -> None:
    make_page("redis")
    selam.post_form("/edit/redis", text="Two.\n")
    if tool == "undelete":
        selam.post_form("/delete/redis")
    form = selam.open_form(f"/{tool}/redis?revision=1")
    fields = {"summary": "My reason"} | ({"path": "b"} if tool == "rename" else {})
    with locked(file):
        answer = form.submit(**fields)
    assert answer.status_code == 503
    assert "can't" in main(answer)
    kept = selam.form_in(answer, f"/{tool}/redis?revision=1", has="summary")
    assert kept.values["summary"] == "My reason"
    assert kept.submit().status_code == 303


def test_readers_do_not_wait_for_a_writer(
    client: Person, selam: Person, make_page: Any, file: Path
) -> None:
    make_page("redis", text="See [[Celery]].\n")
    with locked(file):
        for place in ("/wiki/redis", "/history/redis", "/changes", "/pages", "/"):
            assert client.get(place).status_code == 200
            assert selam.get(place).status_code == 200


def test_a_database_that_is_none_is_told_to_everybody(
    app: Flask, client: Person, selam: Person, make_page: Any, file: Path
) -> None:
    make_page("redis")
    form = selam.open_form("/edit/redis")
    with app.app_context():
        db.engine.dispose()
    for rest in file.parent.glob(f"{file.name}*"):
        rest.unlink()
    file.write_bytes(b"This is no database. " * 500)
    for person in (client, selam):
        answer = person.get("/wiki/redis")
        assert answer.status_code == 503
        assert "Traceback" not in answer.text
    answer = form.submit(text=TYPED)
    assert answer.status_code == 503
    assert TYPED in answer.text


# Mistakes of ours


@pytest.fixture
def broken(make_app: Callable[..., Flask]) -> Person:
    """A learner in a wiki with a mistake at /broken, served as to the public."""
    app = make_app()
    app.add_url_rule("/broken", "broken", _fail, methods=["GET", "POST"])
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return factories.client_of(app, factories.make_user(app, "selam"))


def _fail() -> TestResponse:
    raise ZeroDivisionError("a secret detail")


def test_a_mistake_of_ours_is_told_without_details(broken: Person) -> None:
    answer = broken.get("/broken")
    assert answer.status_code == 500
    assert "Something went wrong" in main(answer)
    assert "secret detail" not in answer.text
    assert "ZeroDivisionError" not in answer.text


def test_a_mistake_of_ours_keeps_what_was_typed(broken: Person) -> None:
    token = broken.open_form("/new").values["csrf_token"]
    answer = broken.post("/broken", data={"csrf_token": token, "text": TYPED})
    assert answer.status_code == 500
    assert TYPED in answer.text


# The same in other forms


def test_a_program_is_answered_in_its_language(client: Person) -> None:
    answer = client.get("/changes?page=99", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json == {"error": "The list has no page of that number."}


def test_another_method_than_the_address_takes(client: Person, make_page: Any) -> None:
    make_page("redis")
    token = client.open_form("/account/login").values["csrf_token"]
    assert client.post("/wiki/redis", data={"csrf_token": token}).status_code == 405
    assert client.put("/edit/redis").status_code in (400, 401, 405)


def test_an_address_that_is_nowhere(client: Person) -> None:
    answer = client.get("/nowhere/at/all")
    assert answer.status_code == 404
    assert "Nothing here" in main(answer)


def test_passwords_never_come_back(client: Person) -> None:
    answer = client.post(
        "/account/login", data={"username": "selam", "password": "hunter2", "text": "x"}
    )
    assert answer.status_code == 400
    assert "hunter2" not in answer.text


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 429, 500, 503])
def test_every_error_page_is_a_page_of_the_wiki(make_app: Any, status: int) -> None:
    from flask import abort

    app = make_app()
    app.add_url_rule("/stop", "stop", lambda: abort(status))
    answer = app.test_client().get("/stop")
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert "<main" in answer.text
    assert "Content-Security-Policy" in answer.headers

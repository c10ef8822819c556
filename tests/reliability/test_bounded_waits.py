"""Nothing waits without end for another program, and no log tells what was asked."""

import logging
import time
from contextlib import closing
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from tests.factories import PASSWORD
from tests.pages.visible_text import main
from tests.person import Person
from tests.reliability.outages import connect, forget_connections
from tests.reliability.test_outages import TOLD, on_postgres
from wiki.database import connections, db

SECRET = "somebody@example.org"


@on_postgres
@pytest.mark.parametrize("place", ["/wiki/redis", "/changes", "/pages", "/"])
def test_who_reads_under_a_lock_is_told(
    app: Flask, client: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    make_page("redis", text="Before.\n")
    monkeypatch.setattr(connections, "BUSY_TIMEOUT", 200)
    forget_connections(app)
    with connect(app) as other, other.transaction():
        other.execute("LOCK TABLE page IN ACCESS EXCLUSIVE MODE")
        answer = client.get(place)
    assert answer.status_code == 503
    assert TOLD["locked"] in main(answer)
    assert client.get(place).status_code == 200


@on_postgres
def test_what_is_sent_waits_in_vain_once(
    app: Flask, client_of: Any, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_page("redis", text="Before.\n")
    form = client_of("selam").open_form("/edit/redis")
    monkeypatch.setattr(connections, "BUSY_TIMEOUT", 500)
    forget_connections(app)
    with connect(app) as other, other.transaction():
        for table in ("page", '"user"', "login_session", "hub"):
            other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        answer = form.submit(text="What I typed.\n")
        assert time.monotonic() - began < 5
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "What I typed." in main(answer)


def test_who_signs_in_does_not_queue_behind_who_saves(
    app: Flask, client: Person, client_of: Any
) -> None:
    import sqlite3

    client_of("selam")
    with app.app_context():
        file = db.engine.url.database
    with closing(sqlite3.connect(str(file), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        answer = client.open_form("/account/login").submit(username="selam", password=PASSWORD)
        assert time.monotonic() - began < connections.BUSY_TIMEOUT / 1000
    assert answer.status_code == 303


def test_who_reads_a_file_that_another_program_holds_is_told(
    app: Flask, client: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    make_page("redis", text="Before.\n")
    monkeypatch.setattr(connections, "BUSY_TIMEOUT", 200)
    with app.app_context():
        file = db.engine.url.database
    forget_connections(app)
    other = sqlite3.connect(str(file), isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    other.execute("UPDATE page SET title = title")
    other.execute("COMMIT")
    try:
        answer = client.get("/wiki/redis")
    finally:
        other.close()
    assert answer.status_code == 503
    assert TOLD["locked"] in main(answer)


def test_a_failed_statement_tells_the_log_no_values(
    any_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with any_app.app_context(), caplog.at_level(logging.ERROR):
        for statement in (
            "INSERT INTO nothing (name) VALUES (:name)",
            "INSERT INTO tag (name) VALUES (:name)",
        ):
            try:
                with db.engine.begin() as connection:
                    connection.execute(text(statement), {"name": SECRET})
            except Exception:
                logging.getLogger("nexus").exception("a statement failed")
        assert "a statement failed" in caplog.text
        assert SECRET not in caplog.text

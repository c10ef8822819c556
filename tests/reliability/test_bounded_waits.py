"""Nothing waits without end for another program, and no log tells what was asked."""

import logging
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from tests.pages.screen import main
from tests.person import Person
from tests.reliability.outages import connect, forget_connections
from tests.reliability.test_outages import TOLD, on_postgres
from wiki import extensions
from wiki.extensions import db

SECRET = "somebody@example.org"


@on_postgres
@pytest.mark.parametrize("place", ["/wiki/redis", "/changes", "/pages", "/"])
def test_who_reads_under_a_lock_is_told(
    app: Flask, client: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    make_page("redis", text="Before.\n")
    monkeypatch.setattr(extensions, "BUSY_TIMEOUT", 200)
    forget_connections(app)
    with connect(app) as other, other.transaction():
        other.execute("LOCK TABLE page IN ACCESS EXCLUSIVE MODE")
        answer = client.get(place)
    assert answer.status_code == 503
    assert TOLD["locked"] in main(answer)
    assert client.get(place).status_code == 200


def test_who_reads_a_file_that_another_program_holds_is_told(
    app: Flask, client: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    make_page("redis", text="Before.\n")
    monkeypatch.setattr(extensions, "BUSY_TIMEOUT", 200)
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

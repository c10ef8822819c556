"""`nexus check`: damage in a database is found, and repaired where possible."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from tests.pages.visible_text import main
from tests.person import Person
from tests.search_index import catch_up
from wiki.database import db, write_transaction
from wiki.markup import render
from wiki.pages.maintenance.cli import check_command
from wiki.search.service import SEARCH


@pytest.fixture
def run(app: Flask) -> Callable[..., Result]:
    return lambda *options: app.test_cli_runner().invoke(check_command, options)


@pytest.fixture
def wiki(client_of: Callable[..., Person], make_page: Any) -> None:
    """Pages with everything a save writes: merged, renamed, deleted, brought back, a draft."""
    selam, admin = client_of("selam"), client_of("admin", role="admin")
    make_page("redis", text="# Redis\n\nSee [[Celery]] and `SET`.\n", tags=["db", "Cache"])
    make_page(
        "celery",
        text="A [queue](/files/7/queue.png).\n",
        kind="technology",
        fields={"summary": "Tasks."},
    )
    make_page("kafka", text="A log.\n")
    begun = selam.open_form("/edit/redis")
    selam.post_form("/edit/redis", text="# Redis\n\nSee [[Kafka]] and `SET`.\n")
    assert begun.submit(text=f"{begun.values['text']}\nMore.\n").status_code == 303
    assert selam.post_form("/rename/celery", path="queues/celery", links=True).status_code == 303
    admin.post_form("/delete/kafka")
    selam.post_form("/edit/redis", action="preview", text="Not saved yet.\n")


@pytest.fixture
def harm(app: Flask) -> Callable[[str], None]:
    """Changes the tables behind the wiki's back."""

    def harm(statement: str) -> None:
        with app.app_context(), write_transaction() as session:
            session.execute(db.text(statement))

    return harm


def test_a_sound_wiki_is_found_sound(
    any_app: Flask, wiki: None, run: Callable[..., Result]
) -> None:
    done = run()
    assert done.exit_code == 0, done.output
    assert "No problems found." in done.output


def test_a_number_that_nobody_gave_is_no_parent(
    app: Flask, client_of: Callable[..., Person], make_page: Any, run: Callable[..., Result]
) -> None:
    make_page("redis", text="A cache.\n")
    answer = client_of("selam").post_form("/edit/redis", tags="db", base_revision="999")
    assert answer.status_code == 303
    assert run().exit_code == 0


DERIVED = {
    "UPDATE page SET title = 'Other' WHERE path = 'redis'": "its title",
    "UPDATE page SET title_key = 'other' WHERE path = 'redis'": "its title_key",
    "UPDATE page SET kind = 'guide' WHERE path = 'redis'": "its kind",
    "UPDATE page SET summary = '' WHERE path = 'queues/celery'": "its summary",
    "DELETE FROM tag WHERE key = 'cache'": "its tags",
    "UPDATE tag SET key = 'other' WHERE key = 'db'": "its tags",
    "DELETE FROM link WHERE to_key = 'kafka'": "its links",
    "DELETE FROM file_use": "the files it uses",
    "DELETE FROM rendering": "was never rendered",
    "UPDATE rendering SET html = '<p>Half</p>'": "its rendering",
    "UPDATE rendering SET body = 'half'": "its rendering",
    "UPDATE redirect SET key = 'redis', path = 'Redis'": "a page has the same path",
}


def test_what_is_derived_is_mended(
    any_app: Flask, wiki: None, run: Callable[..., Result], harm: Callable[[str], None]
) -> None:
    for statement, told in DERIVED.items():
        harm(statement)
        found = run()
        assert found.exit_code == 1, statement
        assert told in found.output, statement
        assert "nexus check --repair" in found.output
        assert run("--repair").exit_code == 0, statement
    assert run().output == "No problems found.\n"


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM revision WHERE number = 2 AND title = 'Redis'", "should have 3 revisions"),
        ("DELETE FROM revision WHERE number = 3 AND title = 'Redis'", "should have 3 revisions"),
        ("UPDATE page SET revision_count = 2 WHERE path = 'redis'", "should have 2 revisions"),
        ("UPDATE page SET revision_count = 0 WHERE path = 'redis'", "should have 0 revisions"),
        ("UPDATE page SET path = 'moved' WHERE path = 'redis'", "its path differs from redis"),
        ("UPDATE page SET key = 'moving:1' WHERE path = 'redis'", "its path differs from redis"),
        ("UPDATE page SET deleted_at = NULL WHERE path = 'kafka'", "deleted it"),
        ("UPDATE revision SET parent_number = number", "comes before its parent"),
        ("UPDATE text SET size = size + 1", "is damaged"),
    ],
)
def test_what_no_revision_tells_is_reported(
    wiki: None,
    run: Callable[..., Result],
    harm: Callable[[str], None],
    statement: str,
    told: str,
) -> None:
    harm(statement)
    for options in ((), ("--repair",)):
        done = run(*options)
        assert done.exit_code == 1
        assert told in done.output
        assert done.exception is None or isinstance(done.exception, SystemExit)


def test_what_is_mended_is_shown_and_found(
    app: Flask,
    wiki: None,
    client: Person,
    run: Callable[..., Result],
    harm: Callable[[str], None],
) -> None:
    catch_up(app)
    harm("UPDATE rendering SET html = '<p>Half</p>', body = 'half'")
    run("--repair")
    assert "More." in main(client.get("/wiki/redis"))
    catch_up(app)
    assert SEARCH.of(app).search("more").total == 1


def test_a_rendering_of_an_older_version_is_no_problem(
    app: Flask, wiki: None, run: Callable[..., Result], harm: Callable[[str], None]
) -> None:
    harm("UPDATE rendering SET renderer = '0', html = 'as it was then'")
    assert run().exit_code == 0


def test_a_text_that_could_not_be_formatted_in_time_is_formatted(
    app: Flask, make_page: Any, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    from wiki.markup.pipeline import source_rendering

    monkeypatch.setattr(
        "wiki.pages.writing.write.render", lambda text, path: source_rendering(text)
    )
    make_page("redis", text="*Fast*\n")
    monkeypatch.undo()
    assert "its rendering" in run().output
    assert run("--repair").exit_code == 0
    with app.app_context():
        html = db.session.scalar(db.text("SELECT html FROM rendering"))
    assert html == render("*Fast*\n").slotted


def test_flipped_bytes_of_a_text_are_reported_with_its_revisions(
    app: Flask, make_page: Any, run: Callable[..., Result]
) -> None:
    make_page("redis", text="A long text. " * 100)
    with app.app_context(), write_transaction() as session:
        row = session.execute(db.text("SELECT hash, body FROM text")).one()
        body = bytes([*row.body[:20], row.body[20] ^ 255, *row.body[21:]])
        session.execute(db.text("UPDATE text SET body = :body"), {"body": body})
    done = run("--repair")
    assert done.exit_code == 1
    assert "(redis): the text of revision 1 is damaged" in done.output


def test_a_damaged_file_is_reported(
    app: Flask, database: str, make_page: Any, run: Callable[..., Result]
) -> None:
    for number in range(30):
        make_page(f"page-{number}", text=f"{number} " * 1_000)
    with app.app_context():
        db.engine.dispose()
    file = Path(database.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(file)) as connection:
        name = "sqlite_autoindex_revision_1"
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (page,) = connection.execute(query, (name,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as opened:
        opened.seek((page - 1) * size)
        opened.write(bytes(range(256)) * (size // 256))
    done = run()
    assert done.exit_code == 1
    assert "the database: " in done.output
    assert isinstance(done.exception, SystemExit)


def test_a_row_that_names_nothing_is_reported(
    app: Flask, database: str, make_page: Any, run: Callable[..., Result]
) -> None:
    make_page("redis")
    with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as connection:
        connection.execute("DELETE FROM text")
        connection.commit()
    done = run()
    assert done.exit_code == 1
    assert "of revision refers to a missing row of text" in done.output

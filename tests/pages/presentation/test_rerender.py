"""What there was no time to render is rendered at the next reading; nobody waits for others."""

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.person import Person
from wiki.database import write_transaction
from wiki.markup import render
from wiki.markup.workers import bounded_render, worker_client
from wiki.markup.workers.render_cache import RenderCache
from wiki.pages.models import Rendering
from wiki.pages.presentation import rerender

LONG = "## Heading\n\nSome *text* of a long page.\n\n" * 2_000  # not rendered in this process
COSTLY = "".join("  " * depth + "- a\n" for depth in range(80))  # deeper than is read
BUSY = "no time to format this text just now"


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has rendered nothing, and one that tries again at once."""
    monkeypatch.setattr(bounded_render, "_cache", RenderCache())
    monkeypatch.setattr(rerender, "RERENDER_RETRY_SECONDS", 0.0)


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process that renders for who saves does not go on; who reads has another."""
    assert worker_client.save_worker.ask("x", "") is not None
    process = worker_client.save_worker._process
    assert process is not None
    monkeypatch.setattr(worker_client, "ANSWER_TIMEOUT", 0.3)
    os.kill(process.pid, signal.SIGSTOP)
    yield
    worker_client.save_worker.close()


def test_an_overload_is_told_from_a_text_that_is_too_much(stopped: None) -> None:
    rendered = render(LONG)
    assert not rendered.is_complete
    assert rendered.is_overloaded
    assert BUSY in rendered.html


def test_a_text_that_is_too_much_is_no_overload() -> None:
    rendered = render(COSTLY)
    assert not rendered.is_complete
    assert not rendered.is_overloaded


def test_it_is_tried_again_at_reading(
    client: Person, make_page: Any, stopped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_page("long", text=LONG)
    monkeypatch.setattr(worker_client, "ANSWER_TIMEOUT", 120.0)
    shown = client.get("/wiki/long")
    assert BUSY not in shown.text
    assert "<em>text</em>" in shown.text
    # It is stored, too.
    monkeypatch.setattr(rerender, "render", pytest.fail)
    assert client.get("/wiki/long").text == shown.text


def test_while_there_is_no_time_the_source_is_shown_and_not_kept(
    client: Person, make_page: Any, stopped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_page("long", text=LONG)
    monkeypatch.setattr(worker_client, "ANSWER_TIMEOUT", 0.0)  # no process is quick enough
    first = client.get("/wiki/long")
    assert BUSY in first.text
    assert "## Heading" in first.text
    monkeypatch.undo()
    monkeypatch.setattr(rerender, "RERENDER_RETRY_SECONDS", 0.0)
    answer = client.get("/wiki/long", headers={"If-None-Match": first.headers["ETag"]})
    assert answer.status_code == 200
    assert "<em>text</em>" in answer.text


def test_a_text_that_is_too_much_is_not_tried_at_every_reading(
    client: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_page("costly", text=COSTLY)
    monkeypatch.setattr(rerender, "render", pytest.fail)
    assert "took too long to format" in client.get("/wiki/costly").text


def test_what_was_unfinished_is_found_by_its_sections(
    client: Person,
    make_page: Any,
    stopped: None,
    monkeypatch: pytest.MonkeyPatch,
    index_now: Any,
) -> None:
    make_page("long", text=LONG)
    index_now()
    monkeypatch.setattr(worker_client, "ANSWER_TIMEOUT", 120.0)
    client.get("/wiki/long")
    index_now()
    assert "/wiki/long#heading" in client.get("/search?q=long").text


def test_who_reads_does_not_wait_for_who_saves(
    client: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_page("long", text=LONG)
    monkeypatch.setattr(bounded_render, "_cache", RenderCache())
    with worker_client.save_worker._lock:  # a text is being saved, and takes its time
        answer = client.get("/wiki/long?revision=1")
    assert "<em>text</em>" in answer.text


@pytest.mark.parametrize("address", ["/wiki/long", "/wiki/long?revision=1"])
def test_who_reads_does_not_wait_for_the_database(
    app: Flask, client: Person, make_page: Any, tmp_path: Path, address: str
) -> None:
    make_page("long", text=LONG)
    with closing(sqlite3.connect(tmp_path / "instance" / "nexus.sqlite3")) as other:
        other.execute("UPDATE rendering SET renderer = 'old'")
        other.commit()
        other.execute("BEGIN IMMEDIATE")
        began = time.process_time()
        read: list[str] = []
        thread = threading.Thread(target=lambda: read.append(client.get(address).text))
        thread.start()
        thread.join(60)  # the lock is held as long as it takes
        assert read
        assert "<em>text</em>" in read[0]
        assert time.process_time() - began < 5


def test_what_an_older_renderer_stored_is_shown_meanwhile(
    app: Flask, client: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"## Heading\n\n[[Redis]] ![[redis]]\n\n![[redis]]\n\n{LONG}"
    make_page("redis", text="A store.\n")
    make_page("long", text=text)
    with app.app_context(), write_transaction() as session:
        session.execute(
            update(Rendering)
            .where(Rendering.html.contains("Heading"))
            .values(renderer="10", html=render(text, path="long").html)
        )
    monkeypatch.setattr(bounded_render, "_cache", RenderCache())
    monkeypatch.setattr(worker_client, "ANSWER_TIMEOUT", 0.0)  # no process is quick enough
    answer = client.get("/wiki/long").text
    assert BUSY not in answer
    assert '<a class="wikilink" href="/wiki/redis">' in answer
    assert "A store." in answer

"""A database that takes no change: people are told why, keep what they typed, and go on."""

import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests import factories
from tests.live_server import LiveServer
from tests.pages.visible_text import main, raw
from tests.person import Person
from tests.reliability.crash import catches_up
from tests.reliability.outages import OUTAGES, away, connect, cut_off, forget_connections, url_of
from tests.reliability.visitor import Visitor
from wiki.pages.writing.revision_store import lock_page
from wiki.search.indexing.supervision import INDEXER

TYPED = "What I typed for an hour.\n"
# Long enough that no free space inside the file holds it, and nothing that compresses.
LONG = "".join(chr(0x1200 + (number * 7919) % 300) for number in range(30_000)) + TYPED

TOLD = {
    "locked": "taking longer than it should. Try again in a few seconds.",
    "full": "disk that holds the database is full. Please tell an administrator",
    "read-only": "read-only at the moment. Try again later.",
}


def on_postgres(test: Any) -> Any:
    for mark in (
        pytest.mark.postgres,
        pytest.mark.parametrize("database", ["postgres"], indirect=True),
    ):
        test = mark(test)
    return test


every_outage = pytest.mark.parametrize(
    ("database", "outage"),
    [
        pytest.param(*key, marks=[pytest.mark.postgres] if key[0] == "postgres" else [])
        for key in OUTAGES
    ],
    indirect=["database"],
)
every_lock = pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
def selam(client_of: Callable[..., Person]) -> Person:
    return client_of("selam")


@pytest.fixture
def kind(app: Flask) -> str:
    return "postgres" if url_of(app).drivername.startswith("postgres") else "sqlite"


@pytest.fixture
def impatient(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for another writer."""
    monkeypatch.setattr("wiki.database.connections.BUSY_TIMEOUT", 50)
    forget_connections(app)  # what is open already has the longer time


@pytest.fixture
def during(app: Flask, kind: str, impatient: None) -> Callable[[str], Any]:
    """`with during("locked"):` the database can be read, and takes no change."""
    return lambda outage: OUTAGES[kind, outage](app)


During = Callable[[str], AbstractContextManager[None]]


@every_outage
def test_a_save_that_cannot_be_stored_keeps_the_text(
    client: Person, selam: Person, make_page: Any, during: During, outage: str
) -> None:
    make_page("redis", text="Before.\n")
    form = selam.open_form("/edit/redis")
    with during(outage):
        answer = form.submit(text=LONG, summary="Why", tags="one", minor=True)
        assert answer.status_code == 503
        assert "nothing is lost" in main(answer)
        assert TOLD[outage] in main(answer)
        kept = selam.form_in(answer, "/edit/redis")
        assert kept.values["text"] == LONG
        assert kept.values["summary"] == "Why"
        assert kept.values["minor"] == "y"
        assert raw(client, "redis") == "Before.\n"
        assert client.get("/wiki/redis").status_code == 200
    assert kept.submit().status_code == 303
    assert raw(client, "redis") == LONG


@every_outage
def test_a_new_page_that_cannot_be_stored_keeps_the_text(
    selam: Person, during: During, outage: str
) -> None:
    form = selam.open_form("/new")
    with during(outage):
        answer = form.submit(title="Redis", path="stores/redis", text=LONG)
        assert answer.status_code == 503
        assert TOLD[outage] in main(answer)
        kept = selam.form_in(answer, "/new")
        assert kept.values["text"] == LONG
    assert kept.submit().location == "/wiki/stores/redis"


@every_lock
@pytest.mark.parametrize("tool", ["delete", "rename", "restore", "undelete"])
def test_what_cannot_be_done_now_is_reported(
    selam: Person, make_page: Any, during: During, tool: str
) -> None:
    make_page("redis")
    selam.post_form("/edit/redis", text="Two.\n")
    if tool == "undelete":
        selam.post_form("/delete/redis")
    form = selam.open_form(f"/{tool}/redis?revision=1")
    fields = {"summary": "My reason"} | ({"path": "b"} if tool == "rename" else {})
    with during("locked"):
        answer = form.submit(**fields)
    assert answer.status_code == 503
    assert TOLD["locked"] in main(answer)
    kept = selam.form_in(answer, f"/{tool}/redis?revision=1", has="summary")
    assert kept.values["summary"] == "My reason"
    assert kept.submit().status_code == 303


@every_lock
def test_readers_do_not_wait_for_a_writer(
    client: Person, selam: Person, make_page: Any, during: During
) -> None:
    make_page("redis", text="See [[Celery]].\n")
    with during("locked"):
        for place in ("/wiki/redis", "/history/redis", "/changes", "/pages", "/"):
            assert client.get(place).status_code == 200
            assert selam.get(place).status_code == 200


def test_a_file_that_is_read_only_is_read(
    make_app: Callable[..., Flask], make_page: Any, app: Flask
) -> None:
    make_page("redis", text="Before.\n")
    file = url_of(app).database
    forget_connections(app)
    reading = make_app(database_url=f"sqlite:///file:{file}?mode=ro&uri=true")
    selam = factories.client_of(reading, factories.make_user(app, "selam"))
    assert "Before." in main(selam.get("/wiki/redis"))
    answer = selam.post_form("/edit/redis", text=TYPED)
    assert answer.status_code == 503
    assert TOLD["read-only"] in main(answer)
    assert selam.form_in(answer, "/edit/redis").values["text"] == TYPED


def test_a_database_that_is_none_is_reported_to_everybody(
    app: Flask, client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis")
    form = selam.open_form("/edit/redis")
    forget_connections(app)
    file = Path(url_of(app).database or "")
    for rest in file.parent.glob(f"{file.name}*"):
        rest.unlink()
    file.write_bytes(b"This is no database. " * 500)
    for person in (client, selam):
        answer = person.get("/wiki/redis")
        assert answer.status_code == 503
        assert "The database is damaged." in main(answer)
        assert "Traceback" not in answer.text
    answer = form.submit(text=TYPED)
    assert answer.status_code == 503
    assert TYPED in answer.text


# PostgreSQL goes and comes back


@on_postgres
def test_connections_that_were_cut_while_nobody_used_them_are_no_matter(
    app: Flask, selam: Person, make_page: Any
) -> None:
    make_page("redis")
    form = selam.open_form("/edit/redis")
    with connect(app, "postgres") as server:
        assert cut_off(app, server) > 0
    assert form.submit(text=TYPED).status_code == 303


@on_postgres
def test_a_connection_that_is_cut_in_the_middle_of_a_save(
    app: Flask, client: Person, selam: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wiki.database.connections.BUSY_TIMEOUT", 60_000)
    make_page("redis", text="Before.\n")
    form = selam.open_form("/edit/redis")
    with ThreadPoolExecutor(1) as pool, connect(app, "postgres") as server:
        with OUTAGES["postgres", "locked"](app):
            saving = pool.submit(form.submit, text=TYPED)
            while not cut_off(app, server, only_waiting=True):
                assert not saving.done(), saving.result().text
        answer = saving.result()
    assert answer.status_code == 503
    assert "The database doesn’t respond. Try again in a few seconds." in main(answer)
    kept = selam.form_in(answer, "/edit/redis")
    assert kept.values["text"] == TYPED
    assert raw(client, "redis") == "Before.\n"
    assert kept.submit().status_code == 303
    assert raw(client, "redis") == TYPED


@on_postgres
def test_a_server_that_is_away_for_a_while(
    app: Flask, client: Person, selam: Person, make_page: Any
) -> None:
    make_page("redis", text="Before.\n")
    form = selam.open_form("/edit/redis")
    with away(app):
        answer = form.submit(text=TYPED, summary="Why")
        assert answer.status_code == 503
        assert "The database doesn’t respond." in main(answer)
        assert "Nothing you typed is lost" in main(answer)
        kept = selam.form_in(answer, "/edit/redis", has="text")
        assert (kept.values["text"], kept.values["summary"]) == (TYPED, "Why")
        for person in (client, selam):
            shown = person.get("/wiki/redis")
            assert shown.status_code == 503
            assert "Temporarily unavailable" in main(shown)
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
    assert kept.submit().status_code == 303
    assert raw(client, "redis") == TYPED


@on_postgres
@pytest.mark.parametrize("tool", ["edit", "delete"])
def test_a_server_that_goes_away_in_the_middle_of_a_save(
    app: Flask, selam: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch, tool: str
) -> None:
    make_page("redis", text="Before.\n")
    form = selam.open_form(f"/{tool}/redis")
    with ExitStack() as until_back:

        def go_away(*arguments: Any, **options: Any) -> Any:
            until_back.enter_context(away(app))
            return lock_page(*arguments, **options)

        monkeypatch.setattr("wiki.pages.writing.write.lock_page", go_away)
        answer = form.submit(summary="Why", **({"text": TYPED} if tool == "edit" else {}))
        monkeypatch.undo()
    assert answer.status_code == 503
    assert "The database doesn’t respond." in main(answer)
    kept = selam.form_in(answer, f"/{tool}/redis", has="summary")
    assert kept.values["summary"] == "Why"
    assert kept.values.get("text", TYPED) == TYPED
    assert kept.submit().status_code == 303


# A disk that is full, under the real server


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own, of 16 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    command = [str(mount), "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    if not mount or os.geteuid() != 0 or subprocess.run(command, check=False).returncode != 0:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run([str(unmount), "--lazy", str(folder)], check=True)


@pytest.mark.slow
def test_a_full_disk(small_disk: Path, start_server: Callable[..., LiveServer]) -> None:
    instance = str(small_disk / "instance")
    server = start_server(environment={"NEXUS_INSTANCE": instance}, followers=[INDEXER])
    server.make_page("redis", text="Before.\n")
    selam = Visitor([server.port], server.cookie_of("selam"), random.Random(0))
    form = selam.open_form("/edit/redis")
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1 << 12))
    answer = form.submit(text=LONG)
    assert answer.status_code == 503
    assert TOLD["full"] in main(answer)
    kept = selam.form_in(answer, "/edit/redis")
    assert kept.values["text"] == LONG
    assert "Before." in server.get("/wiki/redis")
    filler.unlink()
    assert kept.submit().status_code == 303
    assert server.get("/raw/redis") == LONG
    assert catches_up(server)

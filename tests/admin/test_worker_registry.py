"""Workers and replicas of different versions are shown."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from tests.pages.visible_text import main
from tests.person import Person
from wiki.admin import worker_registry
from wiki.admin.worker_registry import IS_RUNNING, RunningProcess, report_process, running_versions
from wiki.database import db, utcnow, write_transaction


@pytest.fixture
def admin(client_of: Callable[..., Person]) -> Person:
    return client_of("abeba", role="admin")


def add(host: str, pid: int, ago: timedelta = timedelta(0), **versions: str) -> None:
    """Another process, like this one but for `versions`."""
    report_process()
    this = db.session.scalars(db.select(RunningProcess)).first()
    alike = {name: getattr(this, name) for name in ("version", "code", "schema", "renderer")}
    with write_transaction() as session:
        row = {"id": f"{host}:{pid}", "host": host, "seen_at": utcnow() - ago}
        session.add(RunningProcess(**row, **(alike | versions)))


def test_processes_of_one_version_are_fine(any_app: Flask, admin: Person) -> None:
    with any_app.app_context():
        add("a", 1)
        add("a", 2)
        (found,) = running_versions()
        assert (found.workers, found.hosts) == (3, 2)
    shown = main(admin.get("/admin/health"))
    assert shown.count("Worker processes") == 1
    assert "3 workers on 2 machines: Nexus" in shown
    assert "Restart those" not in shown


@pytest.mark.parametrize("name", ["version", "code", "schema", "renderer"])
def test_one_that_differs_is_shown(app: Flask, admin: Person, name: str) -> None:
    with app.app_context():
        add("old", 1, **{name: "0.0.7"})
    shown = main(admin.get("/admin/health"))
    assert "0.0.7" in shown
    assert "Restart the workers with the older version" in shown


def test_one_that_ended_is_forgotten(app: Flask) -> None:
    with app.app_context():
        add("old", 1, ago=IS_RUNNING, code="x")
        assert len(running_versions()) == 1
        add("older", 1, ago=worker_registry.REMOVED_AFTER + timedelta(minutes=1), code="y")
        report_process()
        kept = db.session.scalars(db.select(RunningProcess.host)).all()
        assert "older" not in kept
        assert "old" in kept


def test_without_any_nothing_is_claimed(admin: Person) -> None:
    assert "none has reported" in main(admin.get("/admin/health"))


def test_files_that_are_being_replaced_stop_no_heartbeat(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upgrade replaces the code below a worker that runs."""
    tried: list[int] = []

    def report_process() -> None:
        tried.append(1)
        if len(tried) == 1:
            raise FileNotFoundError
        raise SystemExit  # ends the thread of this test

    monkeypatch.setattr(worker_registry, "report_process", report_process)
    monkeypatch.setattr(worker_registry, "BEAT", 0.0)
    with pytest.raises(SystemExit):
        worker_registry._beat(app)
    assert len(tried) == 2

"""The `nexus` command, as a process of its own: what it says, and with what it ends."""

import io
import multiprocessing
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.optional_resources import ROOT
from wiki.cli import main

LIMIT = 300  # seconds; tests share their cores


def _become(arguments: tuple[str, ...], stdin: str, environment: Mapping[str, str], out: Path):
    """What `python -m wiki` does, in a process that has everything imported."""
    os.environ.clear()
    os.environ.update(environment)
    for number, name in ((1, "stdout"), (2, "stderr")):
        with (out / name).open("wb") as file:
            os.dup2(file.fileno(), number)
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()))
    sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False) for number in (1, 2))
    main(list(arguments))


@pytest.fixture
def nexus(tmp_path):
    """Runs `nexus` on an instance of this test's own: `nexus("init", NEXUS_WORKERS="2")`."""

    def run(*arguments, stdin="", **environment):
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("NEXUS_")}
        instance = {"NEXUS_INSTANCE": str(tmp_path / "instance"), "NEXUS_STARTER_PAGES": "off"}
        process = multiprocessing.get_context("fork").Process(
            target=_become,
            args=(arguments, stdin, {**inherited, **instance, **environment}, tmp_path),
        )
        with warnings.catch_warnings():  # of threads of the test runner, which aren't asked
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
        process.join(LIMIT)
        assert process.exitcode is not None
        said = {name: (tmp_path / name).read_text() for name in ("stdout", "stderr")}
        return SimpleNamespace(returncode=process.exitcode, **said)

    return run


def test_python_runs_it_as_a_module():
    command = [sys.executable, "-m", "wiki", "--version"]
    assert subprocess.check_output(command, cwd=ROOT, text=True).startswith("nexus, version ")


def test_alone_it_shows_its_commands(nexus):
    shown = nexus()
    assert "serve" in shown.stdout + shown.stderr
    assert "restore" in shown.stdout + shown.stderr


def test_it_tells_its_version(nexus):
    assert nexus("--version").stdout.startswith("nexus, version ")


def test_init_makes_the_instance_and_says_where(nexus, tmp_path):
    done = nexus("init")
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "instance") in done.stdout
    assert (tmp_path / "instance" / "nexus.sqlite3").is_file()


def test_init_does_no_harm_when_run_again(nexus):
    nexus("init")
    assert nexus("init").returncode == 0


def test_init_fills_an_empty_wiki(nexus):
    done = nexus("init", NEXUS_STARTER_PAGES="on")
    assert done.returncode == 0, done.stderr
    assert "starter pages" in done.stdout
    assert "starter pages" not in nexus("init", NEXUS_STARTER_PAGES="on").stdout


@pytest.mark.parametrize("command", ["init", "serve", "backup x.zip"])
def test_a_wrong_setting_is_reported_without_a_traceback(nexus, command):
    done = nexus(*command.split(), NEXUS_WORKERS="many")
    assert done.returncode == 2
    assert done.stderr.startswith("nexus: NEXUS_WORKERS: 'many'")
    assert "Traceback" not in done.stderr


def test_a_database_that_is_away_is_reported_without_a_traceback(nexus):
    done = nexus("init", NEXUS_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert done.returncode == 1
    assert done.stderr.startswith("nexus: The database doesn’t respond")
    assert "Traceback" not in done.stderr


def test_a_person_can_be_added_before_the_first_start(nexus):
    done = nexus("user", "create", "selam", "--password-stdin", stdin="a long enough one\n")
    assert done.returncode == 0, done.stderr
    assert "selam" in nexus("user", "list").stdout


def test_flask_gives_the_same_commands(migrated_sqlite, tmp_path):
    (tmp_path / "instance").mkdir()
    shutil.copyfile(migrated_sqlite, tmp_path / "instance" / "nexus.sqlite3")
    environment = {**os.environ, "NEXUS_INSTANCE": str(tmp_path / "instance")}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "init"],
        cwd=ROOT,
        env={**environment, "NEXUS_STARTER_PAGES": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "data is in" in done.stdout

"""The process that inspects files: its limits, and that readers don't wait for it."""

import sys
import threading
import time

import pytest

from tests.optional_resources import ROOT
from wiki.files.errors import FileRefused
from wiki.files.inspection import sandbox


def examine(tmp_path, content=b"A text.", name="a.txt"):
    (tmp_path / "sent").write_bytes(content)
    return sandbox.inspect_file(tmp_path / "sent", name, tmp_path)


def test_it_works(tmp_path):
    report = examine(tmp_path)
    assert (report.media_type, report.text) == ("text/plain", "A text.")


def test_what_takes_too_long_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "INSPECTION_TIME_LIMIT", 0.01)
    with pytest.raises(FileRefused, match="too-complex"):
        examine(tmp_path)


def run_instead(monkeypatch, program):
    """Have the worker run `program` instead of inspecting the file."""
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{program}"
    monkeypatch.setattr(
        sandbox,
        "worker_command",
        lambda _module, *arguments: [sys.executable, "-c", program, *arguments],
    )


def test_what_takes_too_much_memory_is_ended(tmp_path, monkeypatch):
    limit = "worker.INSPECTION_MEMORY_LIMIT = 60_000_000"
    run_instead(monkeypatch, f"from wiki.files.inspection import worker; {limit}; worker.main()")
    with pytest.raises(FileRefused):
        examine(tmp_path, b"text " * 20_000_000)


def test_a_crash_is_reported_as_a_refusal(tmp_path, monkeypatch):
    run_instead(monkeypatch, "import os; os.kill(os.getpid(), 11)")
    with pytest.raises(FileRefused, match="too-complex"):
        examine(tmp_path)


def test_it_knows_nothing_of_the_wiki(tmp_path, monkeypatch):
    monkeypatch.setenv("NEXUS_SECRET_KEY", "a secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")
    run_instead(monkeypatch, "import os, json; print(json.dumps({'unfit': str(os.environ)}))")
    with pytest.raises(FileRefused) as refused:
        examine(tmp_path)
    assert "a secret" not in refused.value.reason


def test_when_many_wait_the_next_is_sent_away(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "_run", lambda _command: (ended.wait(30), b"{}")[1])
    ended = threading.Event()
    outcomes = []

    def send():
        try:
            examine(tmp_path)
        except FileRefused as refused:
            outcomes.append(refused.reason)
        except (KeyError, TypeError):
            outcomes.append("examined")

    threads = [threading.Thread(target=send) for _ in range(sandbox.MAX_WAITING + 3)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 20
    while len(outcomes) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert outcomes == ["busy", "busy"]
    ended.set()
    for thread in threads:
        thread.join()
    assert outcomes.count("examined") == sandbox.MAX_WAITING + 1

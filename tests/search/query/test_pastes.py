"""What programs print: which lines tell the error, and which words are noise."""

import time

import pytest

from wiki.search.query.parser import parse
from wiki.search.query.pastes import (
    ERROR,
    FRAME,
    is_error_message,
    is_output,
    name_spans,
    read_paste,
    without_noise,
)

TRACES = {
    "python": (
        'Traceback (most recent call last):\n  File "/srv/app/views.py", line 57, in create\n'
        "    serializer.save(user=request.user)\nKeyError: 'colour'"
    ),
    "python, chained": (
        'Traceback (most recent call last):\n  File "/usr/lib/socket.py", line 1, in open\n'
        "OSError: no route\n\n"
        "During handling of the above exception, another exception occurred:\n\n"
        'Traceback (most recent call last):\n  File "main.py", line 2, in <module>\n'
        "KeyError: 'colour'"
    ),
    "java": (
        'Exception in thread "main" java.lang.RuntimeException: startup\n'
        "\tat org.shop.Main.run(Main.java:88)\nCaused by: shop.KeyError: 'colour'\n\t... 23 more"
    ),
    "node": (
        "/srv/web/server.js:14\n      throw err;\n      ^\n\nKeyError: 'colour'\n"
        "    at Object.<anonymous> (/srv/web/server.js:14:9)\n\nNode.js v20.14.0"
    ),
    "go": (
        "panic: KeyError: 'colour'\n\ngoroutine 1 [running]:\n"
        "main.handler(0xc0000140a0)\n\t/home/sara/api/main.go:57 +0x1d3\nexit status 2"
    ),
    "rust": (
        "thread 'main' panicked at src/main.rs:27:10:\nKeyError: 'colour'\nstack backtrace:\n"
        "   0: core::panicking::panic_fmt\n             at ./src/orders.rs:12:9"
    ),
    "powershell": (
        "PS C:\\work> .\\run.ps1\nKeyError: 'colour'\nAt C:\\work\\run.ps1:14 char:5\n"
        "+     Invoke-Thing -Name $name\n    + CategoryInfo          : InvalidOperation"
    ),
}
LOGS = {
    "compose": (
        "api-1  | 2026-03-07 12:55:02,001 INFO listening on 0.0.0.0:8000\n"
        "api-1  | 2026-03-07 12:55:07,123 ERROR no colour given\napi-1 exited with code 1"
    ),
    "syslog": (
        "Mar  7 12:55:07 web01 systemd[1]: Starting app.service\n"
        "Mar  7 12:55:09 web01 app[4821]: ERROR no colour given"
    ),
    "record": (
        '{"level":"error","ts":"2026-03-07T12:55:07Z","msg":"no colour given","host":"api-1"}'
    ),
    "actions": (
        "##[group]Run make\nshell: /usr/bin/bash -e {0}\n##[endgroup]\n"
        "2026-03-07T12:55:09.76Z ERROR no colour given\n"
        "##[error]Process completed with exit code 1."
    ),
    "npm": "npm ERR! code ELIFECYCLE\nnpm ERR! no colour given\nnpm ERR! errno 1",
    "spring": (
        "2026-03-07 12:55:07.123  INFO 4821 --- [ main] c.e.ShopApplication : Started\n"
        "2026-03-07 12:55:09.456 ERROR 4821 --- [nio-80] o.a.Servlet : no colour given\n"
        "\tat com.example.Repo.find(Repo.java:33)"
    ),
}
COMPILERS = (
    "src/main.c:12:5: error: no colour given\n   12 |   paint(x);\n      |   ^~~~~",
    "src/app.ts(14,5): error TS2345: no colour given",
    "error[E0382]: no colour given\n --> src/main.rs:4:20\n  |\n4 |     paint(x);\n  |     ^",
)


def _flat(text: str) -> str:
    """As a browser pastes it into a field of one line."""
    return " ".join(text.split())


def _errors(text: str) -> str:
    return " ".join(line.text for line in read_paste(text) if line.weight == ERROR)


@pytest.mark.parametrize("text", TRACES.values(), ids=TRACES)
@pytest.mark.parametrize("as_pasted", [str, _flat], ids=["lines", "flat"])
def test_the_last_error_of_a_trace_tells_what_happened(text, as_pasted):
    pasted = as_pasted(text)
    assert is_output(pasted)
    assert "KeyError: 'colour'" in _errors(pasted)
    for frame in ("serializer", "no route", "startup", "throw", "0xc0", "panic_fmt", "Category"):
        assert frame not in _errors(pasted)


@pytest.mark.parametrize("text", LOGS.values(), ids=LOGS)
@pytest.mark.parametrize("as_pasted", [str, _flat], ids=["lines", "flat"])
def test_the_error_of_a_log_counts_without_its_prefix(text, as_pasted):
    pasted = as_pasted(text)
    assert is_output(pasted)
    assert _errors(pasted).startswith("no colour given")


@pytest.mark.parametrize("text", COMPILERS)
def test_compilers_say_where_but_the_message_counts(text):
    assert is_output(text)
    assert "no colour given" in _errors(text)
    assert "paint" not in _errors(text)


def test_frames_weigh_least():
    weights = {line.text.strip(): line.weight for line in read_paste(TRACES["python"])}
    assert weights["serializer.save(user=request.user)"] == FRAME


def test_where_no_line_is_an_error_all_that_tell_something_count():
    assert _errors("[2026-03-07 12:55:07] the cache is warm") == "the cache is warm"


@pytest.mark.parametrize(
    "noise",
    ["/srv/app/main.py:12", "C:\\Users\\abel\\x.ps1", "10.0.0.7:6543", "0x7f3b1c2a9d50", "line 57",
     "8f14e45f-ceea-467f-a7b0-bd1d9f2f0a11", "2026-03-07T12:55:07Z", "12.58MB",
     "src/app/main.c:3:4"],
)  # fmt: skip
def test_what_differs_on_every_machine_is_noise(noise):
    told, found = without_noise(f"cannot open {noise} again")
    assert told.split() == ["cannot", "open", "again"]
    assert found == noise


@pytest.mark.parametrize("told", ["errno 111", "HTTP 429", "error 1040", "n+1", "and/or", "v20"])
def test_numbers_of_errors_are_no_noise(told):
    assert without_noise(told)[0] == told


@pytest.mark.parametrize(
    "query",
    ["how do I read a traceback", "error handling in python", "warning signs", "title:error log",
     "what does at line 3 mean", "panic in go", "docker compose", "C:", "fatal error",
     "npm install", "Celery: retry a task", "cache at scale (overview)"],
)  # fmt: skip
def test_what_people_write_is_no_paste(query):
    assert not is_output(query)
    assert not is_error_message(query)
    assert not parse(query).paste


def test_a_paste_has_no_operators_but_filters_after_it():
    query = parse(f"{_flat(TRACES['python'])} kind:guide")
    assert query.paste
    assert [item for group in query.required for item in group] != []
    assert not query.excluded


def test_names_in_a_text_are_known_by_their_looks():
    text = "cannot find 'mesages' in C:\\temp\\shpo.ps1 as $totl of plain words"
    names = [text[start:end] for start, end in name_spans(text)]
    assert {"'mesages'", "$totl"}.issubset(names)
    assert not any("plain" in name for name in names)


@pytest.mark.parametrize(
    "piece",
    ["0", "a.", "a/", "a@", "(", "at a(", "PS C:\\", '"msg":"', "-1 |", "Aa.Bb.", "a:1",
     "1 failed"],
)  # fmt: skip
def test_no_text_takes_long_to_read(piece):
    text = "error: " + (piece * 10_000)[:9_900]
    begun = time.process_time()
    parse(text)
    name_spans(text)
    assert time.process_time() - begun < 0.5

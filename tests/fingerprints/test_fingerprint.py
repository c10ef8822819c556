"""The same error has one fingerprint on every machine, and another one has another."""

from dataclasses import replace
from itertools import combinations

import pytest

from tests.fingerprints.errors import ERRORS
from tests.fingerprints.machines import make_machine
from tests.processor_time import bounded
from wiki.fingerprints.fingerprint import fingerprint_of, fingerprints_in, main_error, without_trace
from wiki.fingerprints.messages import with_holes

PAIRS = 400


def _hash(text: str) -> str | None:
    error = main_error(text)
    found = fingerprint_of(error) if error else None
    return found.hash if found else None


def _shown(number: int, seed: int) -> str:
    return ERRORS[number % len(ERRORS)](make_machine(seed))


def test_two_machines_agree_on_an_error():
    differing = []
    for seed in range(PAIRS):
        here, there = (_shown(seed, 2 * seed + side) for side in (0, 1))
        if _hash(here) is None or _hash(here) != _hash(there):
            differing.append(f"{here}\n\n{there}")
    assert len(differing) <= 0.02 * PAIRS, "\n\n".join(differing)


def test_different_errors_are_told_apart():
    hashes = [_hash(_shown(number, 7 * number)) for number in range(len(ERRORS))]
    pairs = list(combinations(range(len(ERRORS)), 2))
    same = [(a, b) for a, b in pairs if hashes[a] == hashes[b]]
    assert len(same) <= 0.001 * len(pairs), same


def test_what_libraries_did_counts_and_what_the_program_did_does_not():
    error = main_error(
        "Traceback (most recent call last):\n"
        '  File "/venv/lib/python3.12/site-packages/flask/app.py", line 5, in dispatch_request\n'
        '  File "/srv/shop/views.py", line 10, in show\n'
        '  File "/venv/lib/python3.12/site-packages/sqlalchemy/orm/session.py", line 3, in get\n'
        '  File "/usr/lib/python3.12/contextlib.py", line 3, in inner\n'
        '  File "/venv/lib/python3.12/site-packages/sqlalchemy/engine/base.py", line 3, in run\n'
        "sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) no such table: user\n"
        "[SQL: SELECT name FROM user]\n"
    )
    assert error is not None
    assert error.frames == (
        ("flask.app", "dispatch_request"),
        None,
        ("sqlalchemy.orm.session", "get"),
        ("sqlalchemy.engine.base", "run"),
    )
    found = fingerprint_of(error)
    assert found is not None
    assert found.words == (
        "sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) no such table: user"
        " (sqlalchemy.engine.base, run)"
    )
    outside = error.frames[1:]
    assert fingerprint_of(replace(error, frames=outside)) == found


@pytest.mark.parametrize(
    ("message", "holes"),
    [
        ("'NoneType' object has no attribute 'price'", "NoneType object has no attribute …"),
        ("No module named 'django.utils.six'", "No module named django.utils.six"),
        ("Cannot find module './routes/users'", "Cannot find module …"),
        ("[Errno 2] No such file: 'C:\\Users\\Jo Doe\\x.csv'", "[Errno …] No such file: …"),
        ("open /home/jo/x y", "open … y"),
        ("can't decode byte 0xff in position 12", "can't decode byte … in position …"),
        ("'utf-8' codec doesn't know it", "… codec doesn't know it"),
        ("user jo@example.org at 10.0.0.7:5432 and [::1]", "user … at … and […]"),
        ("token 6fa459ea-ee8a-3ca4-894e-db77e160355e is 2024-01-02", "token … is …"),
        ("commit 83baae61804e65cc73a7201a7252750c76066a30", "commit …"),
        ("Get https://jo:pw@example.org/x?y=1: EOF", "Get …: EOF"),
        ("value of type int64 in UTF8 for Base64", "value of type int64 in UTF8 for Base64"),
        ("<User object at 0x7f3c> and <Order: 5>", "<User …> and <Order …>"),
        ("TCP/IP and and/or stay", "TCP/IP and and/or stay"),
        ("lookup db-1 on 10.0.0.2:53: no such host", "lookup … on …: no such host"),
        ("Permission to a/b.git denied to jo.", "Permission to … denied to …"),
        ("User: arn:aws:iam::1:user/jo is not allowed", "User: … is not allowed"),
        ("Command failed with exit code 1: npm run x", "Command failed with exit code …: npm …"),
        ("bad User[name=Jo Doe, age=3]", "bad User[name=…, age=…]"),
        ("assert total(cart) == 3", "assert …"),
        ("assertion failed: cart.is_empty()", "assertion failed: …"),
        ("x.c:3: main: Assertion `cart > 0' failed.", "…: main: Assertion … failed"),
        ("user Jo Doe does not exist", "user … does not exist"),
        ("cannot read plan.docx", "cannot read …"),
        ("", ""),
    ],
)
def test_holes_stand_for_what_differs(message, holes):
    assert with_holes(message) == holes


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (
            "ssh: Could not resolve hostname db: Name or service not known",
            "Could not resolve hostname",
        ),
        (
            "docker: Error response from daemon: pull access denied for x",
            "pull access denied for x",
        ),
        ("Cannot connect to the Docker daemon. Is it running?", "Cannot connect to the Docker"),
        (
            "npm error code ENOENT\nnpm error errno -2\nnpm error enoent Could not read it",
            "Could not read",
        ),
        ('npm error Missing script: "dev"\nnpm error To see a list, run:', "Missing script: …"),
        ("make: *** No rule to make target 'x'.  Stop.", "No rule to make target"),
        (
            "0.512 ERROR: Could not open it\n------\nERROR: failed to solve: exit code: 1",
            "Could not open",
        ),
    ],
)
def test_what_commands_say_in_ways_of_their_own_is_an_error(output, words):
    assert words in fingerprints_in(output)[0].words


def test_a_host_that_is_all_that_java_says_makes_no_other_error():
    shown = "java.net.UnknownHostException: {}\n\tat java.base/java.net.InetAddress.of(I.java:1)\n"
    assert _hash(shown.format("db-1")) == _hash(shown.format("db-2")) is not None
    more = shown.format("{}: Name or service not known")
    assert _hash(more.format("db-1")) == _hash(more.format("db-2")) != _hash(shown.format("db-1"))


@pytest.mark.parametrize(
    "text",
    [
        "KeyError: 'id'",
        "AssertionError",
        "",
        "all is well",
        "missing: a word",
        "ValueError: 12",
        "Traceback (",
    ],
)
def test_what_tells_too_little_has_no_fingerprint(text):
    assert fingerprints_in(text) == []


def test_a_text_pasted_into_one_line_is_the_same_error():
    for number in (0, 1, 16, 42, 53):
        text = _shown(number, number)
        assert _hash(" ".join(text.split("\n"))) == _hash(text), text


def test_the_log_of_a_container_is_the_same_error():
    for number, show in enumerate(ERRORS[:30]):
        text = show(make_machine(number))
        logged = "\n".join(f"web-1  | {each}" for each in text.split("\n"))
        assert _hash(logged) == _hash(text), logged


def test_of_several_errors_the_last_trace_is_the_main_one():
    texts = [_shown(number, number) for number in (0, 42, 53)]
    whole = "collected 3 items\n" + "\n\n".join(texts) + "\n1 failed, 2 passed in 0.5s\n"
    assert [each.hash for each in fingerprints_in(whole)] == [_hash(text) for text in texts]
    assert _hash(whole) == _hash(texts[-1])


def test_of_a_chain_the_exception_that_ended_it_counts():
    first = ERRORS[0](make_machine(1))
    last = ERRORS[5](make_machine(1))
    chain = f"{first}\n\nDuring handling of the above exception, another occurred:\n\n{last}\n"
    assert _hash(chain) == _hash(last)


def test_an_exception_of_a_group_is_the_exception():
    text = ERRORS[16](make_machine(3))
    inner = "\n".join(f"    | {each}" for each in text.split("\n"))
    group = (
        "  + Exception Group Traceback (most recent call last):\n"
        '  |   File "/home/jo/x.py", line 1, in <module>\n'
        "  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)\n"
        f"  +-+---------------- 1 ----------------\n{inner}\n    +---------------------"
    )
    assert _hash(group) == _hash(text)


def test_the_last_line_alone_is_the_error_without_its_trace():
    error = main_error(ERRORS[0](make_machine(1)))
    assert error is not None
    bare = fingerprint_of(without_trace(error))
    assert bare is not None
    assert bare.hash == _hash("django.db.utils.OperationalError: no such table: auth_user")


def test_dotnet_is_read_too():
    def shown(folder: str) -> str:
        return (
            "Unhandled exception. System.InvalidOperationException: Sequence contains no elements\n"
            "   at System.Linq.ThrowHelper.ThrowNoElementsException()\n"
            "   at System.Linq.Enumerable.First[TSource](IEnumerable`1 source)\n"
            f"   at Shop.Program.Main(String[] args) in {folder}Program.cs:line 12\n"
        )

    assert _hash(shown("/home/jo/")) == _hash(shown(r"C:\Users\Jo Doe\shop\\"))
    error = main_error(shown("/"))
    assert error is not None
    assert error.frames[-1] == ("System.Linq.ThrowHelper", "ThrowNoElementsException")


@pytest.mark.parametrize(
    "sign", ["a", "'", '"', "/", "\\", "1", ".", "-", "x/", "at ", ": ", "a.b "]
)
def test_no_text_is_slow_to_read(sign):
    text = (
        f"Traceback (most recent call last):\nValueError: {sign * 100_000}\n" + f"{sign}\n" * 5_000
    )
    with bounded(2):
        fingerprints_in(text)


def test_no_panic_or_call_is_slow_to_read():
    texts = (
        "panic: x\n\ngoroutine 1 [running]:\nmain.main()\n" + ("/" * 4_000 + "\n") * 5,
        "panic: goroutine 1 [\n" * 5_000,
        "panic: x\n" + "goroutine 1 [\n" + "panic: y\n" * 5_000,
        "thread '' panicked at '', ".ljust(4_000, "'"),
        ("thread '' panicked at '" * 170 + "\n" + "thread '' panicked at '" + "', " * 1_300) * 3,
        ("TypeError: x\n    at " + "a." * 2_000 + "\n") * 20,
        "*** [" * 800 + "\nx",
    )
    for text in texts:
        with bounded(0.5):
            fingerprints_in(text)


def test_a_stack_of_go_ends_after_as_many_lines_as_go_prints():
    error = main_error("panic: x y\n\ngoroutine 1 [running]:\n" + "a.b()\n\t/b.go:1 +0x1\n" * 500)
    assert error is not None
    assert error.last < 300

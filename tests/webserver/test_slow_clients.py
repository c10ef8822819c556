"""Clients that are slow, on purpose or not, hold up nobody and are disconnected."""

import http.client
import os
import re
import signal
import socket
from contextlib import ExitStack, contextmanager

import pytest

from tests.live_server import ANSWER_LIMIT

STOP_LIMIT = 5  # seconds; it takes 1.4 even on a machine that has much else to do
COUNT = 200
HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-a: "
BODY = (
    b"POST /account/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nusername=a"
)
KINDS = ["silent", "head", "body", "reader"]


@pytest.fixture(scope="module")
def server(module_server):
    server = module_server(environment={"NEXUS_WORKERS": "2"})
    server.make_page("page", text="An ordinary page.\n")
    server.make_page("large", text="Much to read.\n\n" * 40_000)
    return server


def _open(server, kind="silent"):
    connection = socket.socket()
    if kind == "reader":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.settimeout(ANSWER_LIMIT)
    connection.connect(("127.0.0.1", server.port))
    if kind == "head":
        connection.sendall(HEAD)
    elif kind == "body":
        connection.sendall(BODY)
    elif kind == "reader":
        connection.sendall(b"GET /raw/large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return connection


@pytest.fixture(scope="module", autouse=True)
def late(server):
    """Clients that time out at the end of these tests, which so needn't wait for each."""
    with ExitStack() as stack:
        yield {
            kind: stack.enter_context(_open(server, kind)) for kind in ("head", "body", "silent")
        }


@contextmanager
def _many(server, kinds, count=COUNT):
    with ExitStack() as stack:
        yield [
            stack.enter_context(_open(server, kinds[number % len(kinds)]))
            for number in range(count)
        ]


def _all_of(connection):
    received = b""
    while part := connection.recv(65_536):
        received += part
    return received


@pytest.mark.parametrize("kinds", [*([kind] for kind in KINDS), KINDS], ids=[*KINDS, "mixed"])
def test_pages_are_answered_beside_two_hundred_slow_clients(server, kinds):
    with _many(server, kinds):
        for _ in range(20):
            assert server.status("/healthz") == 200
        assert "An ordinary page" in server.get("/wiki/page")


def test_a_slow_reader_gets_everything(server):
    with _open(server, "reader") as reader:
        received = bytearray()
        while b"\r\n\r\n" not in received:
            received += reader.recv(10)
        length = int(re.search(rb"(?i)content-length: (\d+)", received)[1])
        at = received.index(b"\r\n\r\n") + 4
        while len(received) - at < length:
            part = reader.recv(5000)
            assert part
            received += part
    assert bytes(received[at:]) == b"Much to read.\n\n" * 40_000


def test_a_body_in_pieces_is_put_together(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=ANSWER_LIMIT)
    pieces = [b"username=nobody&", b"password=", b"x" * 300_000, b"y" * 600_000]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/account/login", iter(pieces), headers, encode_chunked=True)
    answer = connection.getresponse()
    assert answer.status == 400  # no token: the form was read
    answer.read()
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200
    connection.close()


def test_who_leaves_in_mid_body_leaves_nothing_behind(server):
    for _ in range(3):
        with _open(server) as connection:
            connection.sendall(
                b"POST /account/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"
            )
    # Asked about after those, which nobody is asked about any more.
    with _open(server) as connection:
        connection.sendall(b"POST /edit/page HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab")
        assert connection.recv(100).startswith(b"HTTP/1.1 401 ")
    assert "Traceback" not in server.log


def test_a_body_that_breaks_after_its_answer_gets_no_second_one(server):
    with _open(server) as connection:
        connection.sendall(
            b"POST /edit/page HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n"
        )
        received = connection.recv(65_536)
        connection.sendall(b"ab\r\nno chunk\r\n")
        received += _all_of(connection)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", received) == [b"401"]


def test_who_asks_first_is_told_to_go_on(server):
    with _open(server) as connection:
        connection.sendall(
            b"POST /account/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            b"Expect: 100-continue\r\nContent-Length: 11\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"username=ab")
        assert _all_of(connection).startswith(b"HTTP/1.1 400 ")


def test_requests_that_are_sent_at_once_are_answered_in_order(server):
    with _open(server) as connection:
        connection.sendall(
            b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
            b"POST /account/login HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na=b"
            b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        told = re.findall(rb"HTTP/1\.1 (\d+) ", _all_of(connection))
    assert told == [b"200", b"400", b"404"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX_y: b\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"0\r\n\r\n",
            400,
        ),
        (b"GET /" + b"a" * 200_000, 414),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X-a: b\r\n" * 30_000, 431),
        (b"nonsense\r\n\r\n", 400),
    ],
)
def test_what_is_no_request_is_refused_and_closed(server, sent, status):
    with _open(server) as connection:
        connection.sendall(sent)
        assert _all_of(connection).startswith(b"HTTP/1.1 %d " % status)


def test_who_takes_too_long_is_told_and_closed(late):
    for kind in ("head", "body"):
        assert _all_of(late[kind]).startswith(b"HTTP/1.1 408 ")
    assert _all_of(late["silent"]) == b""


def test_it_ends_at_once_whoever_is_still_there(server):
    """The last test: it stops the server, while most clients are sending their bodies."""
    with _many(server, KINDS, 40) as connections, _many(server, ["body"], 500):
        assert connections[3].recv(1)
        os.kill(server.process.pid, signal.SIGTERM)
        assert server.process.wait(STOP_LIMIT) == 0
    assert "Traceback" not in server.log

"""A body that is refused: the answer comes before it, and reaches who is still sending."""

import socket

import pytest

from tests.live_server import ANSWER_LIMIT


@pytest.fixture(scope="module")
def server(module_server):
    return module_server(environment={"NEXUS_PUBLIC_READING": "off"})


def _head(address, *headers):
    lines = [f"POST {address} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]
    return "\r\n".join(lines).encode()


def _status(connection):
    received = b""
    while b"\r\n" not in received:
        part = connection.recv(65_536)
        assert part, "closed without an answer"
        received += part
    return int(received.split(b" ", 2)[1])


@pytest.mark.parametrize("address", ["/files/upload", "/edit/page", "/new", "/drafts", "/preview"])
@pytest.mark.parametrize(
    "framing",
    ["Content-Length: 95000000", "Content-Length: 9", "Transfer-Encoding: chunked"],
)
def test_a_stranger_is_told_before_the_body(server, address, framing):
    with socket.create_connection(("127.0.0.1", server.port), ANSWER_LIMIT) as connection:
        connection.sendall(_head(address, framing))
        assert _status(connection) == 401


@pytest.mark.parametrize("address", ["/account/login", "/files/upload"])
def test_the_answer_reaches_who_sends_everything_first(server, address):
    with socket.create_connection(("127.0.0.1", server.port), ANSWER_LIMIT) as connection:
        connection.sendall(_head(address, "Content-Length: 13000000"))
        for _ in range(130):
            connection.sendall(b"x" * 100_000)
        assert _status(connection) == (413 if address == "/account/login" else 401)

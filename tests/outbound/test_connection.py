"""A connection that ends at its deadline, whatever the other side does."""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import ip_address

import pytest

from wiki.outbound.connection import connected
from wiki.outbound.host_patterns import Origin

LOOPBACK = ip_address("127.0.0.1")


@pytest.fixture
def dripping() -> Iterator[Callable[[bytes], int]]:
    """`dripping(b"HTTP/1.1 ")`: the port of a server that sends this, then a byte for ever."""
    is_over = threading.Event()
    listeners: list[socket.socket] = []

    def serve(listener: socket.socket, beginning: bytes) -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.sendall(beginning)
                while not is_over.wait(0.02):
                    connection.sendall(b"0")

    def start(beginning: bytes) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=serve, args=(listener, beginning), daemon=True).start()
        return int(listener.getsockname()[1])

    yield start
    is_over.set()
    for listener in listeners:
        listener.close()


def test_a_deadline_that_comes_before_the_socket_is_kept(
    dripping: Callable[[bytes], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = Origin("http", "drip.example.org", dripping(b"HTTP/1.1 200 OK\r\nX-Slow: "))
    with connected(origin, LOOPBACK, 60) as connection:
        create = socket.create_connection

        def create_late(*given: object) -> socket.socket:
            made = create(*given)  # type: ignore[arg-type]
            connection.abort()
            return made

        monkeypatch.setattr(socket, "create_connection", create_late)
        with pytest.raises(TimeoutError):
            connection.request("GET", "/")
        assert connection.sock is None


@pytest.mark.parametrize(
    ("scheme", "beginning"),
    [
        ("http", b"HTTP/1.1 200 OK\r\nX-Slow: "),
        ("http", b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n"),
        # The head of a handshake record of TLS that never becomes complete.
        ("https", b"\x16\x03\x03\x3f\xff"),
    ],
    ids=["header", "body", "handshake"],
)
def test_a_server_that_drips_is_cut_off(
    dripping: Callable[[bytes], int], scheme: str, beginning: bytes
) -> None:
    origin = Origin(scheme, "drip.example.org", dripping(beginning))
    with connected(origin, LOOPBACK, 0.3) as connection:
        with suppress(OSError, http.client.HTTPException):
            connection.request("POST", "/", b"{}")
            connection.getresponse().read()
        assert connection.is_aborted

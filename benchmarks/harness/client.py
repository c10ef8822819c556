"""A light HTTP/1.1 client, since it shares the processors with the servers that it measures."""

import re
import selectors
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

HOST = "127.0.0.1"
TIMEOUT = 60  # seconds

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.I)
_COOKIE = re.compile(rb"\r\nset-cookie: *([^=;\r]+)=([^;\r]*)", re.I)
_LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)\r\n", re.I)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete response; `head` is the status line and headers, including the empty line."""

    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        return int(self.head[9:12])

    @property
    def location(self) -> str:
        found = _LOCATION.search(self.head)
        return found[1].decode() if found else ""

    @property
    def text(self) -> str:
        return self.body.decode()


def request_bytes(
    port: int, path: str, *, fields: dict[str, str] | None = None, headers: Sequence[str] = ()
) -> bytes:
    """The bytes of a GET request, or of a POST if there are form `fields`."""
    body = urlencode(fields).encode() if fields is not None else b""
    lines = [f"{'GET' if fields is None else 'POST'} {path} HTTP/1.1", f"Host: {HOST}:{port}"]
    if fields is not None:
        lines.append("Content-Type: application/x-www-form-urlencoded")
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


def parse_head(data: bytes | bytearray) -> tuple[int, int] | None:
    """The lengths in bytes of head and whole response; `None` while the head is incomplete."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    length = _LENGTH.search(data, 0, end + 4)
    return end + 4, end + 4 + (int(length[1]) if length else 0)


class Browser:
    """A keep-alive connection with cookies, for one request at a time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self._socket: socket.socket | None = None

    def get(self, path: str, *headers: str) -> Answer:
        return self._ask(path, None, headers)

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        return self._ask(path, fields, ())

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @property
    def cookie(self) -> str:
        """The `Cookie` header."""
        return "Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _ask(self, path: str, fields: dict[str, str] | None, headers: Sequence[str]) -> Answer:
        sent = [*headers, self.cookie] if self.cookies else headers
        data = request_bytes(self.port, path, fields=fields, headers=sent)
        is_kept = self._socket is not None
        answer = self._exchange(data)
        if answer is None and is_kept:  # the server had closed the idle connection
            answer = self._exchange(data)
        if answer is None:
            raise ConnectionError(f"no answer to {path}")
        for name, value in _COOKIE.findall(answer.head):
            self.cookies[name.decode()] = value.decode()
        return answer

    def _exchange(self, data: bytes) -> Answer | None:
        if self._socket is None:
            self._socket = _connect(self.port)
        received = bytearray()
        parsed = None
        try:
            self._socket.sendall(data)
            while parsed is None or len(received) < parsed[1]:
                part = self._socket.recv(262_144)
                if not part:
                    break
                received += part
                parsed = parsed or parse_head(received)
        except ConnectionError:
            parsed = None
        if parsed is None or len(received) < parsed[1]:
            self.close()
            return None
        answer = Answer(bytes(received[: parsed[0]]), bytes(received[parsed[0] : parsed[1]]))
        if b"\r\nConnection: close" in answer.head:
            self.close()
        return answer


@dataclass(slots=True)
class Load:
    """The result of a load run: `seconds` of each response, and of the whole run."""

    seconds: list[float] = field(default_factory=list)
    elapsed: float = 0.0
    received: int = 0  # bytes of response bodies
    reconnected: int = 0  # connections that were reopened after the server closed them

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.seconds) / self.elapsed

    @property
    def mean_body(self) -> float:
        """The mean size of a response body in bytes."""
        return self.received / max(1, len(self.seconds))


class WrongAnswer(AssertionError):
    """A response is not the requested page, so the measurement would be meaningless."""


def load(
    port: int, requests: Sequence[bytes], *, seconds: float, connections: int, ending: bytes
) -> Load:
    """Send `requests` in a cycle for so many `seconds`, over several keep-alive connections.

    Each connection waits for its response before it sends the next request. Raises `WrongAnswer`
    unless every response is a 200 with a body that ends with `ending` (empty: any body).
    """
    run = Load()
    selector = selectors.DefaultSelector()
    ring = _Ring(requests)
    for _ in range(connections):
        client = _Client(_connect(port), ring.next())
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.send()
    started = time.perf_counter()
    end = started + seconds
    open_ = connections
    while open_:
        for key, _ in selector.select(TIMEOUT):
            client = key.data
            outcome = client.read(ending)
            if outcome is None:
                continue
            if outcome == _CLOSED:
                selector.unregister(client.socket)
                client.socket.close()
                client.socket = _connect(port)
                selector.register(client.socket, selectors.EVENT_READ, client)
                run.reconnected += 1
                client.send()
                continue
            now = time.perf_counter()
            run.seconds.append(now - client.started)
            run.received += outcome
            if now < end:
                client.request = ring.next()
                client.send()
            else:
                selector.unregister(client.socket)
                client.socket.close()
                open_ -= 1
    run.elapsed = time.perf_counter() - started
    selector.close()
    return run


_CLOSED = -1


class _Ring:
    def __init__(self, items: Sequence[bytes]) -> None:
        self._items, self._at = items, 0

    def next(self) -> bytes:
        item = self._items[self._at]
        self._at = (self._at + 1) % len(self._items)
        return item


class _Client:
    """A connection of a load run."""

    __slots__ = ("buffer", "parsed", "request", "socket", "started")

    def __init__(self, connection: socket.socket, request: bytes) -> None:
        self.socket, self.request = connection, request
        self.buffer = bytearray()
        self.parsed: tuple[int, int] | None = None
        self.started = 0.0

    def send(self) -> None:
        self.buffer.clear()
        self.parsed = None
        self.started = time.perf_counter()
        with suppress(ConnectionError):  # the next read notices it
            self.socket.sendall(self.request)

    def read(self, ending: bytes) -> int | None:
        """The length of the body once it is complete, `None` before; `_CLOSED` at the end."""
        try:
            part = self.socket.recv(262_144)
        except ConnectionError:
            part = b""
        if not part:
            if self.buffer:
                raise WrongAnswer(f"cut off: {bytes(self.buffer[:200])!r}")
            return _CLOSED
        self.buffer += part
        self.parsed = self.parsed or parse_head(self.buffer)
        if self.parsed is None or len(self.buffer) < self.parsed[1]:
            return None
        if not self.buffer.startswith(b"HTTP/1.1 200 ") or not self.buffer.endswith(ending):
            raise WrongAnswer(f"{self.request[:200]!r} -> {bytes(self.buffer[:400])!r}")
        return self.parsed[1] - self.parsed[0]


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection((HOST, port), TIMEOUT)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection

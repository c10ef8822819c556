"""A client's connection and its timeouts."""

import socket
import threading
import time
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

from wiki.webserver.request_body import RequestBody
from wiki.webserver.response_buffer import ResponseBuffer

HEAD_TIMEOUT = 10.0  # seconds for a request's head
IDLE_TIMEOUT = 5.0  # seconds between an answer and the next request
RATE_GRACE = 10.0  # seconds before the rate of a body or an answer is checked
MIN_RATE = 500  # bytes a second, averaged from the beginning
STALL_TIMEOUT = 30.0  # seconds without a byte
WHEN_SENT = "wiki.when_sent"  # of the WSGI environment: a list of what to call then
LINGER_TIMEOUT = 2.0  # seconds for the client to close after the last answer
MIN_STAY = 1.0  # seconds during which a request may still be on its way
DISCARD_LIMIT = 128 * 1024 * 1024  # bytes of a refused body that are read and discarded


class Stage(Enum):
    """What a connection waits for."""

    IDLE = auto()  # the client, to ask for something
    HEAD = auto()  # the client, for the rest of a head
    BODY = auto()  # the client, for the rest of a body
    BUSY = auto()  # the application
    ANSWER = auto()  # the client, to take its answer
    UNREAD = auto()  # the client, to finish a body that was refused
    LINGER = auto()  # the client, to close


class ClientConnection:
    """A non-blocking socket, and what has been received on it."""

    def __init__(self, connection: socket.socket, peer: Any, server: Any) -> None:
        connection.setblocking(False)
        if connection.family != socket.AF_UNIX:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket, self.peer, self.server = connection, peer, server
        self.out = ResponseBuffer(connection)
        self.writer: Any = self.out  # Gunicorn writes to it as to a socket
        self.lock = threading.Lock()  # around what follows, while the application answers
        self.received = bytearray()  # not looked at yet
        self.requests = 0
        self.request: Any = None
        self.body: RequestBody | None = None
        self.when_sent: list[Callable[[], None]] = []  # called with the end of the answer
        self.is_asked = False  # whether the application knows of the request
        self.is_last = False  # close after this answer
        self.watched = 0  # events of the poller
        self.enter(Stage.IDLE)
        # Browsers open connections in advance; an unused one gets no answer.
        self._limit = HEAD_TIMEOUT

    def enter(self, stage: Stage) -> None:
        self.stage = stage
        self.since = self.moved = time.monotonic()
        self._moved_at = -1
        self._sent_before = self.out.sent
        self._limit = IDLE_TIMEOUT

    @property
    def is_at_work(self) -> bool:
        """Whether a body or an answer is on its way."""
        return self.stage in (Stage.BODY, Stage.BUSY, Stage.ANSWER)

    def claim(self, now: float) -> tuple[bool, bool, float]:
        """Where room is needed, the connection with the least claim is closed. New ones are spared,
        or slow bodies that use all connections would keep everybody else out."""
        return now - self.since < MIN_STAY, self.is_at_work, self.since

    def is_overdue(self, now: float) -> bool:
        """Whether the client has exceeded its timeout."""
        spent = now - self.since
        match self.stage:
            case Stage.BUSY:
                return False
            case Stage.IDLE:
                return spent > self._limit
            case Stage.HEAD:
                return spent > HEAD_TIMEOUT
            case Stage.LINGER:
                return spent > LINGER_TIMEOUT
        is_stalled = not self.has_moved(now, STALL_TIMEOUT)
        return is_stalled or spent > RATE_GRACE + self._moved_at / MIN_RATE

    def has_moved(self, now: float, within: float) -> bool:
        """Whether bytes of its body or answer went in the last seconds, as far as was looked."""
        done = self._done()
        if done != self._moved_at:
            self._moved_at, self.moved = done, now
        return now - self.moved <= within

    def _done(self) -> int:
        if self.stage is Stage.ANSWER:
            return self.out.sent - self._sent_before
        return self.body.size if self.body else 0

    def forget_request(self) -> None:
        """Make room for the next one."""
        if self.body:
            self.body.close()
        self.request = self.body = None
        while self.when_sent:
            self.when_sent.pop()()

    def close(self) -> None:
        self.forget_request()
        self.out.close()
        self.socket.close()

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
    """A client's non-blocking socket with its input and output, stage and timeouts."""

    def __init__(self, connection: socket.socket, peer: Any, server: Any) -> None:
        connection.setblocking(False)
        if connection.family != socket.AF_UNIX:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket, self.peer, self.server = connection, peer, server
        self.out = ResponseBuffer(connection)
        self.writer: Any = self.out  # Gunicorn writes to it as to a socket
        self.lock = threading.Lock()  # guards the attributes below while the application runs
        self.received = bytearray()  # not parsed yet
        self.requests = 0
        self.request: Any = None
        self.body: RequestBody | None = None
        self.when_sent: list[Callable[[], None]] = []  # called once the response has been sent
        self.is_asked = False  # whether the request was given to the application
        self.is_last = False  # close after this answer
        self.watched = 0  # event mask registered with the poller
        self.enter(Stage.IDLE)
        # Browsers open connections in advance; an unused one gets no answer.
        self._limit = HEAD_TIMEOUT

    def enter(self, stage: Stage) -> None:
        """Go to another stage, and restart its timeouts."""
        self.stage = stage
        self.since = self.last_progress = time.monotonic()
        self._bytes_done = -1
        self._sent_before = self.out.sent
        self._limit = IDLE_TIMEOUT

    @property
    def is_at_work(self) -> bool:
        """Whether a body is being received, the application runs, or a response is being sent."""
        return self.stage in (Stage.BODY, Stage.BUSY, Stage.ANSWER)

    def eviction_key(self, now: float) -> tuple[bool, bool, float]:
        """The sort key when room is needed: the connection with the lowest is closed.

        New connections are spared, or slow uploads on all connections would keep everybody out.
        """
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
        is_stalled = not self.has_progressed(now, STALL_TIMEOUT)
        return is_stalled or spent > RATE_GRACE + self._bytes_done / MIN_RATE

    def has_progressed(self, now: float, within: float) -> bool:
        """Whether bytes of its body or response were transferred in the last `within` seconds."""
        done = self._done()
        if done != self._bytes_done:
            self._bytes_done, self.last_progress = done, now
        return now - self.last_progress <= within

    def _done(self) -> int:
        if self.stage is Stage.ANSWER:
            return self.out.sent - self._sent_before
        return self.body.size if self.body else 0

    def forget_request(self) -> None:
        """Reset the state of the request, for the next one on this connection."""
        if self.body:
            self.body.close()
        self.request = self.body = None
        while self.when_sent:
            self.when_sent.pop()()

    def close(self) -> None:
        self.forget_request()
        self.out.close()
        self.socket.close()

"""The worker: the main thread talks to all clients, a few others run the application.

Application threads get complete requests and leave the sending of responses to the main thread, so
that a slow client can't occupy one. Gunicorn parses the requests and writes the responses.

A request with a body that hasn't arrived goes to the application with its head alone first. The
application answers, or asks for the body with `body_pending.BodyPending`; then it is called again
once the body is complete.
"""

import errno
import os
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn import util
from gunicorn.http.body import ChunkedReader, LengthReader
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader

from wiki.webserver.application_threads import ApplicationThreads
from wiki.webserver.body_pending import BodyPending
from wiki.webserver.connection import DISCARD_LIMIT, ClientConnection, Stage
from wiki.webserver.request_body import BodyTooLarge, MalformedBody, RequestBody

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
RECV_SIZE = 256 * 1024  # bytes read at once
TICK_SECONDS = 1.0  # seconds between two looks at the clock
STOP_TIMEOUT = 1.0  # seconds that clients and queued requests get while the worker stops
PROGRESS_TIMEOUT = 2.0  # seconds without a byte after which a stopping worker drops a client
RECYCLE_TIMEOUT = 600.0  # seconds that a worker to be replaced waits for a moment without requests
# Bytes; smaller bodies get a moment to arrive before the application is called.
SMALL_BODY = 64 * 1024
SMALL_BODY_WAIT = 0.2  # seconds
_HEAD_END = b"\r\n\r\n"
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_URI_TOO_LONG = (414, "URI Too Long")
_FIELDS_TOO_LARGE = (431, "Request Header Fields Too Large")


class FrontWorker(ApplicationThreads):
    """`cfg.threads` threads for the application, and the main one for the clients."""

    longest_head = 160 * 1024  # bytes; Gunicorn's own limits are lower

    def init_process(self) -> None:
        self.poller = selectors.DefaultSelector()
        self.connections: set[ClientConnection] = set()
        # With the time to go on without the body.
        self.soon: deque[tuple[float, ClientConnection]] = deque()
        self.is_accepting = False
        self.is_told_to_end = False
        self.recycling_since = 0.0
        super().init_process()

    def handle_exit(self, sig: int, frame: Any) -> None:
        self.is_told_to_end = True  # as opposed to being replaced
        super().handle_exit(sig, frame)

    def run(self) -> None:
        self.poller.register(self.PIPE[0], READ)
        self.start_threads()
        looked = 0.0
        while self.alive and not self._is_time_to_end():
            self._accept_while(self._is_room())
            self._turn(TICK_SECONDS)
            if (now := time.monotonic()) - looked >= TICK_SECONDS:
                looked = now
                self.notify()
                self._end_overdue(now)
                if self.ppid != os.getppid():
                    return
        self._end()

    def _is_time_to_end(self) -> bool:
        """Whether the worker is to be replaced and idle, or has waited long enough for that."""
        if not self.needs_recycling:
            return False
        now = time.monotonic()
        self.recycling_since = self.recycling_since or now
        is_late = now - self.recycling_since > RECYCLE_TIMEOUT
        return is_late or not any(known.is_at_work for known in self.connections)

    def _turn(self, seconds: float) -> None:
        if self.soon:
            seconds = min(seconds, max(0.0, self.soon[0][0] - time.monotonic()))
        for key, _ in self.poller.select(seconds):
            if key.fileobj == self.PIPE[0]:
                with suppress(BlockingIOError):
                    os.read(self.PIPE[0], RECV_SIZE)
            elif isinstance(key.data, ClientConnection):
                self._do(key.data, self._attend)
            else:
                self._accept(key.data)
        while self.handed_back:
            connection, pending = self.handed_back.popleft()
            self._do(connection, partial(self._take_back, pending=pending))
        while self.soon and self.soon[0][0] <= time.monotonic():
            connection = self.soon.popleft()[1]
            is_here = connection in self.connections  # it may have left meanwhile
            if is_here and connection.stage is Stage.BODY and not connection.is_asked:
                self._ask(connection, with_body=False)

    def _do(self, connection: ClientConnection, what: Callable[[ClientConnection], None]) -> None:
        """Call `what`; an exception closes this connection and leaves the others alone."""
        try:
            what(connection)
        except Exception:
            self.log.exception("a connection failed")
            self._close(connection)

    def _is_room(self) -> bool:
        """Whether one more connection fits, after closing another if needed."""
        if len(self.connections) < self.cfg.worker_connections:
            return True
        return self._make_room()

    def _make_room(self) -> bool:
        waiting = [known for known in self.connections if known.stage is not Stage.BUSY]
        if waiting:
            now = time.monotonic()
            self._close(min(waiting, key=lambda known: known.eviction_key(now)))
        return bool(waiting)

    def _accept_while(self, is_room: bool) -> None:
        if is_room == self.is_accepting:
            return
        self.is_accepting = is_room
        for listener in self.sockets:
            if is_room:
                listener.setblocking(False)
                self.poller.register(listener, READ, listener)
            else:
                self.poller.unregister(listener)

    def _accept(self, listener: Any) -> None:
        try:
            accepted, peer = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room()  # or the poller would report the newcomer endlessly
            return  # another worker was quicker
        try:
            connection = ClientConnection(accepted, peer, listener.getsockname())
        except OSError:
            accepted.close()  # the client has left already
            return
        self.connections.add(connection)
        self._watch(connection, READ)

    def _watch(self, connection: ClientConnection, events: int) -> None:
        if connection.watched == events:
            return
        if not connection.watched:
            self.poller.register(connection.socket, events, connection)
        elif not events:
            self.poller.unregister(connection.socket)
        else:
            self.poller.modify(connection.socket, events, connection)
        connection.watched = events

    def _attend(self, connection: ClientConnection) -> None:
        """Handle a socket that is readable or writable."""
        if connection.stage is Stage.ANSWER:
            self._send(connection)
            return
        with connection.lock:
            if connection.stage is Stage.BUSY:
                # Watched again with the answer; until then the poller would report it endlessly.
                self._watch(connection, 0)
                return
        try:
            data = connection.socket.recv(RECV_SIZE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._close(connection)
        elif connection.stage in (Stage.BODY, Stage.UNREAD):
            self._feed(connection, data)
        elif connection.stage is not Stage.LINGER:
            connection.received += data
            self._read_head(connection)

    def _read_head(self, connection: ClientConnection) -> None:
        """Begin the next request, if its head is complete."""
        received = connection.received
        if not received:
            return
        if connection.stage is Stage.IDLE:
            connection.enter(Stage.HEAD)
        if _HEAD_END not in received:
            if len(received) > self.longest_head:
                is_line = b"\n" not in received
                self._send_error(connection, *(_URI_TOO_LONG if is_line else _FIELDS_TOO_LARGE))
            return
        unreader = IterUnreader([bytes(received)])
        received.clear()
        connection.requests += 1
        try:
            request: Any = Request(self.cfg, unreader, connection.peer, connection.requests)
        except Exception as error:  # Gunicorn has a response for each
            with suppress(OSError):
                self.handle_error(None, connection.writer, connection.peer, error)
            self._end_with_answer(connection)
            return
        connection.request = request
        connection.is_asked = False
        reader = request.body.reader
        is_chunked = isinstance(reader, ChunkedReader)
        length = reader.length if isinstance(reader, LengthReader) else 0
        rest = unreader.take_buffered()
        if not is_chunked and not length:
            connection.received += rest
            self._ask(connection, with_body=True)
            return
        body = connection.body = RequestBody(None if is_chunked else length)
        connection.enter(Stage.BODY)
        if not self._store(connection, body, rest):
            return
        if body.is_whole:
            self._ask(connection, with_body=True)
        elif request._expected_100_continue or is_chunked or length > SMALL_BODY:
            self._ask(connection, with_body=False)
        else:
            # Most likely in the next packet; then one call of the application suffices.
            self.soon.append((time.monotonic() + SMALL_BODY_WAIT, connection))

    def _feed(self, connection: ClientConnection, data: bytes) -> None:
        body = connection.body
        if body is None or not self._store(connection, body, data):
            return
        if connection.stage is Stage.BODY and body.is_whole:
            self._ask(connection, with_body=True)
        elif connection.stage is Stage.UNREAD and (body.is_whole or body.size > DISCARD_LIMIT):
            self._linger(connection)

    def _store(self, connection: ClientConnection, body: RequestBody, data: bytes) -> bool:
        """Add data to the body; if that fails, send an error and return false."""
        try:
            connection.received += body.feed(data)
        except MalformedBody:
            if connection.stage is Stage.UNREAD:  # it has its answer
                self._linger(connection)
            else:
                self._send_error(connection, 400, "Bad Request")
        except BodyTooLarge:
            self._send_error(connection, 413, "Content Too Large")
        except OSError:
            self.log.exception("a body could not be kept")
            self._send_error(connection, 503, "Service Unavailable")
        else:
            return True
        return False

    def _ask(self, connection: ClientConnection, *, with_body: bool) -> None:
        connection.enter(Stage.BUSY)
        connection.is_asked = True
        self.ask(connection, with_body=with_body)

    def _take_back(self, connection: ClientConnection, pending: BodyPending | None) -> None:
        """Take a connection back from an application thread, with a response or a `BodyPending`."""
        if connection not in self.connections:
            return
        if pending is None or connection.body is None:
            connection.enter(Stage.ANSWER)
            self._send(connection)
            return
        connection.body.limit = pending.limit
        connection.enter(Stage.BODY)
        if connection.request._expected_100_continue:
            with suppress(OSError):
                connection.out.sendall(_CONTINUE)
                connection.out.flush()
        self._watch(connection, READ)

    def _send(self, connection: ClientConnection) -> None:
        """Send what the client accepts of its response, and go on once it has all of it."""
        try:
            has_gone = connection.out.flush()
        except OSError:
            self._close(connection)
            return
        if not has_gone:
            self._watch(connection, WRITE)
        elif not connection.is_last:
            connection.forget_request()
            connection.enter(Stage.IDLE)
            self._watch(connection, READ)
            self._read_head(connection)
        elif connection.body and not connection.body.is_whole:
            # A browser that is still sending wouldn't look at the answer.
            connection.body.forget()
            connection.enter(Stage.UNREAD)
            self._watch(connection, READ)
        else:
            self._linger(connection)

    def _linger(self, connection: ClientConnection) -> None:
        """Close after a while: with unread input, closing would reset the connection."""
        connection.forget_request()
        connection.enter(Stage.LINGER)
        try:
            connection.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(connection)
            return
        self._watch(connection, READ)

    def _send_error(self, connection: ClientConnection, status: int, reason: str) -> None:
        with suppress(OSError):
            util.write_error(connection.writer, status, reason, "")
        connection.forget_request()
        self._end_with_answer(connection)

    def _end_with_answer(self, connection: ClientConnection) -> None:
        connection.is_last = True
        connection.enter(Stage.ANSWER)
        self._send(connection)

    def _end_overdue(self, now: float) -> None:
        for connection in list(self.connections):
            if not connection.is_overdue(now):
                continue
            if connection.stage in (Stage.HEAD, Stage.BODY):
                self._do(
                    connection, partial(self._send_error, status=408, reason="Request Timeout")
                )
            else:
                self._close(connection)

    def _close(self, connection: ClientConnection) -> None:
        self._watch(connection, 0)
        self.connections.discard(connection)
        connection.close()

    def _end(self) -> None:
        """Answer the requests that have arrived, and let clients finish taking their responses.

        Everybody else gets a moment. Told to stop, the worker then refuses requests that no thread
        has begun, since there may be very many.
        """
        self.alive = False
        self._accept_while(False)
        began = time.monotonic()
        while self.connections:
            now = time.monotonic()
            self.notify()
            is_late = now - began > STOP_TIMEOUT
            if self.is_told_to_end:
                for connection in self.withdraw(even_whole=is_late):
                    self._do(connection, self._put_off)
            for connection in list(self.connections):
                if not self._is_waited_for(connection, now) and is_late:
                    self._close(connection)
            if now - began > self.cfg.graceful_timeout:
                return
            self._turn(0.1)

    def _is_waited_for(self, connection: ClientConnection, now: float) -> bool:
        stages = {Stage.ANSWER} if self.is_told_to_end else {Stage.ANSWER, Stage.BODY}
        if connection.stage in stages:
            return connection.has_progressed(now, PROGRESS_TIMEOUT)
        return connection.stage is Stage.BUSY

    def _put_off(self, connection: ClientConnection) -> None:
        self._send_error(connection, 503, "Service Unavailable")

"""The threads that run the application; the main thread does their network input and output."""

import os
import threading
from collections import deque
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from typing import Any

from gunicorn.http import wsgi
from gunicorn.workers.base import Worker

from wiki.webserver.body_pending import PENDING, BodyPending, PendingInput
from wiki.webserver.connection import WHEN_SENT, ClientConnection, Stage
from wiki.webserver.job_queue import CHANGE, JobQueue
from wiki.webserver.request_body import RequestBody

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ApplicationThreads(Worker):
    """Runs `cfg.threads` threads, which append connections to `handed_back` when done."""

    wsgi: Any
    needs_recycling = False  # `max_requests` is reached: the master replaces this worker
    # The kind of a costly request, `None` for others; one of each kind runs at a time.
    costly_kind: Callable[[Any], str | None] = staticmethod(lambda _request: None)

    def init_process(self) -> None:
        # A request, and whether its body has been received.
        self.waiting: JobQueue[tuple[ClientConnection, bool]] = JobQueue(self.cfg.threads)
        # Connections with a response, or with the `BodyPending` that asks for the body.
        self.handed_back: deque[tuple[ClientConnection, BodyPending | None]] = deque()
        super().init_process()

    def start_threads(self) -> None:
        """Start the threads; they run until the process ends."""
        for number in range(self.cfg.threads):
            threading.Thread(target=self._work, name=f"app-{number}", daemon=True).start()

    def ask(self, connection: ClientConnection, *, with_body: bool) -> None:
        """Queue the request of a connection for the next free thread."""
        is_change = connection.request.method not in _SAFE_METHODS
        kind = CHANGE if is_change else self.costly_kind(connection.request)
        self.waiting.put((connection, with_body), kind=kind)

    def withdraw(self, *, even_whole: bool) -> list[ClientConnection]:
        """Remove and return the connections with requests that no thread has begun.

        Requests with a complete body are removed only if `even_whole`.
        """
        return [job[0] for job in self.waiting.withdraw(lambda job: even_whole or not job[1])]

    def _work(self) -> None:
        while True:
            with self.waiting.take() as (connection, with_body):
                self._serve(connection, with_body)

    def _serve(self, connection: ClientConnection, with_body: bool) -> None:
        try:
            self._answer(connection, with_body)
        except BodyPending as pending:
            self._hand_back(connection, pending)
            return
        except ConnectionError:
            connection.out.close()
            connection.is_last = True
        except Exception as error:  # the thread serves other clients too
            with suppress(OSError):
                self.handle_error(connection.request, connection.writer, connection.peer, error)
            connection.is_last = True
        self._finish(connection)

    def _answer(self, connection: ClientConnection, with_body: bool) -> None:
        """Run the application. Raises `BodyPending`, `ConnectionError` if the client is gone."""
        request = connection.request
        began = datetime.now()  # as Gunicorn's log counts
        # Gunicorn would send "100 Continue" here.
        is_expected, request._expected_100_continue = request._expected_100_continue, False
        response, environ = wsgi.create(
            request, connection.writer, connection.peer, connection.server, self.cfg
        )
        request._expected_100_continue = is_expected and not with_body
        environ["wsgi.multithread"] = True
        environ[WHEN_SENT] = connection.when_sent
        if with_body:
            _attach_body(environ, connection.body)
            self._count()
        else:
            environ["wsgi.input"] = environ[PENDING] = PendingInput()
            response.force_close()
        if not self.alive:
            response.force_close()
        parts = self.wsgi(environ, response.start_response)
        try:
            if isinstance(parts, environ["wsgi.file_wrapper"]):
                response.write_file(parts)
            else:
                for part in parts:
                    response.write(part)
            response.close()
        except ConnectionError:
            raise  # the client has gone
        except Exception as error:
            if response.headers_sent:
                self.log.exception("an answer broke off")
                raise ConnectionAbortedError from error
            raise
        finally:
            self.log.access(response, request, environ, datetime.now() - began)
            if hasattr(parts, "close"):
                parts.close()
        connection.is_last = response.should_close()

    def _count(self) -> None:
        self.nr += 1
        if self.nr >= self.max_requests:
            self.needs_recycling = True

    def _finish(self, connection: ClientConnection) -> None:
        """Send the response as far as the client takes it; the main thread does the rest."""
        try:
            has_gone = connection.out.flush()
        except OSError:
            connection.out.close()
            has_gone = connection.is_last = True
        if has_gone and not connection.is_last:
            connection.forget_request()
            with connection.lock:
                if connection.watched and not connection.received:
                    # The poller reports it when the client sends more.
                    connection.enter(Stage.IDLE)
                    return
        self._hand_back(connection, None)

    def _hand_back(self, connection: ClientConnection, pending: BodyPending | None) -> None:
        self.handed_back.append((connection, pending))
        with suppress(BlockingIOError):
            os.write(self.PIPE[1], b".")


def _attach_body(environ: MutableMapping[str, Any], body: RequestBody | None) -> None:
    """Set `wsgi.input` to the complete body, decoded if it came in chunks."""
    if body is None:
        environ["wsgi.input"] = BytesIO()
        return
    body.file.seek(0)
    environ["wsgi.input"] = body.file
    if environ.pop("HTTP_TRANSFER_ENCODING", None):
        environ["CONTENT_LENGTH"] = str(body.size)

"""A webhook receiver on this machine: a real HTTP server with scripted responses."""

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from wiki.outbound.host_patterns import HostPatterns

Handler = BaseHTTPRequestHandler
Answer = tuple[int, dict[str, str], bytes] | Callable[[Handler], None]

TOKEN = "t0ken-0123456789_abcdefghijklmnop"
TAKEN: Answer = (200, {"Content-Type": "application/json"}, b'{"id": "1234567890"}')


@dataclass(frozen=True)
class ReceivedRequest:
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class WebhookReceiver:
    """`answers` are used up, one a request; then everything is taken."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.received: list[ReceivedRequest] = []
        self.is_over = threading.Event()
        receiver = self

        class _Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver._serve(self)

            def do_GET(self) -> None:
                receiver._serve(self)

            def log_message(self, *_args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.base = f"http://127.0.0.1:{self.port}"
        self.discord = f"{self.base}/api/webhooks/1122334455/{TOKEN}"
        self.json = f"{self.base}/hook/{TOKEN}"
        self.hosts = HostPatterns.of(self.base)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def _serve(self, handler: Handler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        answer = self.answers.pop(0) if self.answers else TAKEN
        self.received.append(ReceivedRequest(handler.path, headers, body))
        if callable(answer):
            with suppress(OSError):  # the other side has had enough
                answer(handler)
            return
        status, more, content = answer
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **more}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)

    def stop(self) -> None:
        self.is_over.set()
        self._server.shutdown()
        self._server.server_close()


def refusing(status: int, content: object = None, **headers: str) -> Answer:
    """An answer with this status and a JSON body; `_` in a header's name stands for `-`."""
    body = b"" if content is None else json.dumps(content).encode()
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, body

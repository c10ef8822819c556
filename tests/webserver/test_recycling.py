"""A worker that ends, because it is worn or is told to, lets clients have what they are taking."""

import os
import re
import signal
import socket
import sys
import time
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest

from tests.live_server import ANSWER_LIMIT
from wiki.files.write import upload_file

CONTENT = b"Much to read.\n\n" * 800_000  # 12 MB: more than the buffers of the system hold
WORN_AFTER = 40  # requests
WORN_EARLY = f"""
import sys
from wiki.cli import main
from wiki.webserver.worker import FrontWorker
init_process = FrontWorker.init_process
def begin(self):
    self.max_requests = {WORN_AFTER}
    init_process(self)
FrontWorker.init_process = begin
main(sys.argv[1:])
"""
BODY = b"username=a&password=b"
HEAD = (
    b"POST /account/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n" % len(BODY)
)


@pytest.fixture(scope="module")
def server(module_server):
    server = module_server(command=(sys.executable, "-c", WORN_EARLY))
    with server.app.app_context():
        upload_file(BytesIO(CONTENT), "large.txt", page_id=None, by=None)
    return server


@contextmanager
def _client(server, sent):
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        client.settimeout(ANSWER_LIMIT)
        client.connect(("127.0.0.1", server.port))
        client.sendall(sent)
        yield client


def _read(client, received, seconds):
    """Slowly for a while, which isn't the end."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        part = client.recv(65_536)
        assert part
        received += part
        time.sleep(0.03)


def _read_on(client, received):
    while part := client.recv(65_536):
        received += part


def _worker(server):
    pid = server.process.pid
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def _is_whole(received):
    head, _, body = bytes(received).partition(b"\r\n\r\n")
    return len(body) == int(re.search(rb"(?i)content-length: (\d+)", head)[1]) and body == CONTENT


ASK = b"GET /files/1/large.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def test_a_worn_worker_waits_for_clients(server):
    first, received = _worker(server), bytearray()
    with _client(server, ASK) as reader, _client(server, HEAD + BODY[:5]) as writer:
        for _ in range(WORN_AFTER + 5):
            assert server.status("/healthz") == 200
        _read(reader, received, 2.5)
        assert _worker(server) == first
        assert server.status("/healthz") == 200  # there is no other worker
        writer.sendall(BODY[5:])
        assert writer.recv(100).startswith(b"HTTP/1.1 400 ")
        _read_on(reader, received)
    assert _is_whole(received)
    end = time.monotonic() + ANSWER_LIMIT
    while _worker(server) == first:
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_server_that_is_told_to_end_waits_for_who_reads(server):
    """The last test: it stops the server."""
    received = bytearray()
    with _client(server, ASK) as reader:
        received += reader.recv(10)
        os.kill(server.process.pid, signal.SIGTERM)
        _read(reader, received, 2.5)
        _read_on(reader, received)
    assert _is_whole(received)
    assert server.process.wait(ANSWER_LIMIT) == 0

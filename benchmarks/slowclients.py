"""Measures servers under clients that are deliberately slow (Slowloris).

    python -m benchmarks.slowclients [--server NAME]… [--count 200] [--seconds 6]

Each server is measured without them, then with `--count` connections of each kind: silent, with
half a head, with half a body, reading the response byte by byte, and all of these mixed. Meanwhile
a reader requests a page repeatedly. At the end, the server is told to stop while they are still
connected.

Without `--server` only `nexus serve` is measured. Other servers run the same `wsgi.py` and
must be installed; `wsgi-servers` stands for all of them.
"""

import argparse
import contextlib
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks.harness.client import HOST, load, request_bytes
from benchmarks.harness.report import percentile
from benchmarks.harness.servers import Running, free_port, nexus, nexus_serve

KINDS = ("silent", "heads", "bodies", "readers", "mixed")
PATIENCE = 5.0  # seconds that the reader waits for a page
DROP = 0.5  # seconds between two bytes
STOP_LIMIT = 45.0  # seconds
WORKERS, THREADS = 2, 4
_HEAD = b"GET / HTTP/1.1\r\nHost: x\r\nX-a: "
_BODY = (
    b"POST /account/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nusername=a"
)

# Commands that serve `wsgi:app` with the same number of processes and threads.
SERVERS: dict[str, list[str]] = {
    "gunicorn-gthread": [
        *("-m", "gunicorn", "-b", "127.0.0.1:{port}", "-k", "gthread", "-w", f"{WORKERS}"),
        *("--threads", f"{THREADS}", "--no-control-socket", "wsgi:app"),
    ],
    "granian": [
        *("-m", "granian", "--interface", "wsgi", "--port", "{port}", "--workers", f"{WORKERS}"),
        *("--blocking-threads", f"{THREADS}", "--http1-header-read-timeout", "10000", "wsgi:app"),
    ],
    "waitress": [  # one process; the same number of threads in all
        *("-m", "waitress", "--listen=127.0.0.1:{port}", f"--threads={WORKERS * THREADS}"),
        *("--connection-limit=1000", "--asyncore-use-poll", "wsgi:app"),
    ],
    "cheroot": [
        *("-m", "cheroot", "--bind", "127.0.0.1:{port}", "--threads", f"{WORKERS * THREADS}"),
        "wsgi:app",
    ],
    "hypercorn": [
        *("-m", "hypercorn", "-b", "127.0.0.1:{port}", "-w", f"{WORKERS}", "wsgi:app"),
    ],
    "uvicorn": [
        *("-m", "uvicorn", "--interface", "wsgi", "--port", "{port}", "--workers", f"{WORKERS}"),
        *("--log-level", "warning", "wsgi:app"),
    ],
}


class Slow:
    """`count` slow connections of one kind, served by a thread one byte at a time."""

    def __init__(self, port: int, kind: str, count: int, answer: str) -> None:
        self.port, self.kind, self.count, self.answer = port, kind, count, answer
        self.sockets: list[tuple[str, socket.socket]] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._drip, daemon=True)

    def __enter__(self) -> "Slow":
        for number in range(self.count):
            kind = KINDS[number % 4] if self.kind == "mixed" else self.kind
            with contextlib.suppress(OSError):
                self.sockets.append((kind, self._open(kind)))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        for _kind, connection in self.sockets:
            connection.close()

    def _open(self, kind: str) -> socket.socket:
        connection = socket.socket()
        if kind == "readers":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.settimeout(2)
        connection.connect((HOST, self.port))
        if kind == "heads":
            connection.sendall(_HEAD)
        elif kind == "bodies":
            connection.sendall(_BODY)
        elif kind == "readers":
            connection.sendall(request_bytes(self.port, self.answer))
        return connection

    def _drip(self) -> None:
        while not self._end.wait(DROP):
            for kind, connection in self.sockets:
                with contextlib.suppress(OSError):
                    if kind == "readers":
                        connection.setblocking(False)
                        connection.recv(1)
                    elif kind != "silent":
                        connection.send(b"a")


@dataclass(slots=True)
class Seen:
    """The response times and failures of the reader."""

    seconds: list[float]
    missed: int

    def told(self) -> str:
        whole = len(self.seconds) + self.missed
        if not self.seconds:
            return f"0 of {whole}"
        middle, worst = statistics.median(self.seconds), percentile(self.seconds, 0.95)
        return f"{len(self.seconds)} of {whole}, {middle * 1000:.0f} / {worst * 1000:.0f} ms"


def read_meanwhile(port: int, path: str, seconds: float) -> Seen:
    """Request the page on a new connection each time, as successive visitors do."""
    seen = Seen([], 0)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        try:
            with socket.create_connection((HOST, port), PATIENCE) as connection:
                connection.settimeout(PATIENCE)
                connection.sendall(request_bytes(port, path, headers=["Connection: close"]))
                parts = list(iter(lambda: connection.recv(262_144), b""))
            is_whole = bool(parts) and parts[0].startswith(b"HTTP/1.1 200")
        except OSError:
            is_whole = False
        if is_whole:
            seen.seconds.append(time.perf_counter() - began)
        else:
            seen.missed += 1
        time.sleep(0.02)
    return seen


class Wiki(NamedTuple):
    """An instance folder, and the addresses to request."""

    folder: Path
    page: str
    large: str


@contextmanager
def filled(folder: Path) -> Iterator[Wiki]:
    """Yields an instance with an ordinary page and a large one."""
    source = folder / "pages"
    source.mkdir()
    words = "Some ordinary words about a cache and what it keeps for whom. "
    (source / "page.md").write_text(f"# Page\n\n{words * 60}\n")
    (source / "large.md").write_text("# Large\n\n" + f"{words * 8}\n\n" * 3000)
    instance = folder / "instance"
    instance.mkdir()
    nexus(instance, "init")
    nexus(instance, "import", str(source))
    yield Wiki(instance, "/wiki/page", "/raw/large")


def measure(name: str, wiki: Wiki, count: int, seconds: float) -> None:
    """Measure a server and print its results."""
    folder, page, large = wiki
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with _started(name, folder) as server:
        requests = [request_bytes(server.port, page)]
        load(server.port, requests, seconds=1, connections=16, ending=b"")
        before = server.cpu()
        run = load(server.port, requests, seconds=seconds, connections=16, ending=b"")
        cost = (server.cpu() - before) / len(run.seconds)
        print(
            f"{name}: {run.rate:.0f} views/s, {cost * 1e6:.0f} us cpu, "
            f"p95 {percentile(run.seconds, 0.95) * 1000:.1f} ms, "
            f"PSS {_memory(server)} MB",
            flush=True,
        )
        for kind in KINDS:
            with Slow(server.port, kind, count, large):
                time.sleep(1.0)
                print(f"  {kind:8} {read_meanwhile(server.port, page, seconds).told()}", flush=True)
            _recover(server, page)
        with Slow(server.port, "mixed", count, large):
            time.sleep(1.0)
            began = time.perf_counter()
            assert server._process is not None
            server._process.terminate()
            with contextlib.suppress(Exception):
                server._process.wait(STOP_LIMIT)
            print(f"  stops in {time.perf_counter() - began:.1f} s", flush=True)


def _recover(server: Running, page: str) -> None:
    until = time.perf_counter() + 30
    while read_meanwhile(server.port, page, 0.1).missed and time.perf_counter() < until:
        time.sleep(0.5)


def _memory(server: Running) -> int:
    return round(sum(p.pss for p in server.processes() if "search" not in p.name) / 1e6)


@contextmanager
def _started(name: str, folder: Path) -> Iterator[Running]:
    if name == "nexus":
        command: list[str] = nexus_serve(WORKERS)
        server = Running(command, folder, "/healthz")
    else:
        port = free_port()
        command = [sys.executable, *(word.format(port=port) for word in SERVERS[name])]
        server = Running(command, folder, "/healthz")
        server.port = port
        server._command = command
    try:
        server.start()
        yield server
    finally:
        server.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", action="append", choices=["nexus", "wsgi-servers", *SERVERS])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=6.0)
    options = parser.parse_args()
    names = options.server or ["nexus"]
    if "wsgi-servers" in names:
        names = ["nexus", *SERVERS]
    with tempfile.TemporaryDirectory() as folder, filled(Path(folder)) as wiki:
        for name in names:
            try:
                measure(name, wiki, min(options.count, 500), options.seconds)
            except Exception as error:  # go on with the next server
                print(f"{name}: {str(error)[:500]}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Measures the page views of a reader while ten thousand crawlers visit the server.

    python -m benchmarks.crawlers [--count 10000] [--rate 400] [--seconds 10]

Each crawler has an address in a different network and makes one request for a diff, a history, an
old revision or a search, more per second than the server can answer. Meanwhile a reader requests a
page repeatedly. Measured without crawlers, with them, and with `NEXUS_RATE_LIMITS=off`, where
nothing is refused.
"""

import argparse
import multiprocessing
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from benchmarks.harness.client import HOST, request_bytes
from benchmarks.harness.servers import Running, make_people, nexus, nexus_serve
from benchmarks.slowclients import WORKERS, read_meanwhile

PATIENCE = 20.0  # seconds that a crawler waits for its response
REVISIONS = 8
AT_A_TIME = 64  # simultaneous connections of the crawlers
PATHS = (
    "/diff/page?from={old}&to={new}",
    "/history/page?n={n}",
    "/wiki/page?revision={old}&n={n}",
    "/search?q=cache+{n}",
)


class Crawlers:
    """Makes `count` requests, at `rate` per second, in a separate process.

    Threads in the same process would make the reader wait for Python's global lock.
    """

    def __init__(self, port: int, count: int, rate: float) -> None:
        self.port, self.count, self.rate = port, count, rate
        self.statuses: Counter[int] = Counter()
        context = multiprocessing.get_context("fork")
        self._end = context.Event()
        self._results: multiprocessing.Queue[Counter[int]] = context.Queue()
        self._process = context.Process(target=self._crawl, daemon=True)

    def __enter__(self) -> "Crawlers":
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self.statuses = self._results.get()
        self._process.join()

    def _crawl(self) -> None:
        began = time.perf_counter()
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            for number in range(self.count):
                if self._end.wait(max(0.0, began + number / self.rate - time.perf_counter())):
                    break
                pool.submit(self._ask, number)
            pool.shutdown(cancel_futures=True)
        self._results.put(self.statuses)

    def _ask(self, number: int) -> None:
        new = 2 + number % (REVISIONS - 1)
        path = PATHS[number % len(PATHS)].format(old=new - 1, new=new, n=number)
        address = f"X-Forwarded-For: 10.{number // 256 % 256}.{number % 256}.1"
        try:
            with socket.create_connection((HOST, self.port), PATIENCE) as connection:
                connection.settimeout(PATIENCE)
                headers = [address, "Connection: close"]
                connection.sendall(request_bytes(self.port, path, headers=headers))
                parts = list(iter(lambda: connection.recv(262_144), b""))
            status = int(parts[0][9:12]) if parts else 0
        except OSError:
            status = 0
        self.statuses[status] += 1


@contextmanager
def _filled(folder: Path) -> Iterator[Path]:
    """Yields an instance folder with a page that has some revisions."""
    source, instance = folder / "pages", folder / "instance"
    for each in (source, instance):
        each.mkdir()
    nexus(instance, "init")
    make_people(instance)
    words = "Some ordinary words about a cache and what it keeps for whom."
    for number in range(REVISIONS):
        lines = (f"{words} {(n * number) % 17}\n" for n in range(120))
        (source / "page.md").write_text("# Page\n\n" + "\n".join(lines))
        nexus(instance, "import", str(source), "--update")
    yield instance


def measure(name: str, instance: Path, settings: list[str], options: argparse.Namespace) -> None:
    """Print the response times of the reader, and the status codes for the crawlers."""
    command = ["env", "NEXUS_PROXIES=1", *settings, *nexus_serve(WORKERS)]
    server = Running(command, instance, "/healthz")
    try:
        server.start()
        read_meanwhile(server.port, "/wiki/page", 2)
        if name == "alone":
            print(f"{name:12} {read_meanwhile(server.port, '/wiki/page', options.seconds).told()}")
            return
        with Crawlers(server.port, options.count, options.rate) as crawlers:
            before = server.cpu()
            seen = read_meanwhile(server.port, "/wiki/page", options.count / options.rate)
            cpu = server.cpu() - before
        answered = ", ".join(f"{n} × {status}" for status, n in sorted(crawlers.statuses.items()))
        print(f"{name:12} {seen.told()}; {cpu:.1f} s cpu; crawlers: {answered}", flush=True)
    finally:
        server.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=400.0, help="requests a second")
    parser.add_argument("--seconds", type=float, default=10.0, help="of reading without crawlers")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _filled(Path(folder)) as instance:
        for name, settings in (
            ("alone", []),
            ("crawlers", ["NEXUS_RATE_LIMITS=on"]),
            ("unlimited", ["NEXUS_RATE_LIMITS=off"]),
        ):
            measure(name, instance, settings, options)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

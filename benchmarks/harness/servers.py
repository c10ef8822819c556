"""Starts the servers to measure as separate processes, and measures their resources."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness.client import HOST, Browser

START_LIMIT = 120  # seconds
SETTLE_LIMIT = 300  # seconds
POLL = 0.01  # seconds
ROOT = Path(__file__).resolve().parents[2]
NEXUS = (sys.executable, "-m", "wiki")
PEOPLE = ("bench-one", "bench-two", "bench-three", "bench-four")
PASSWORD = "measured twice, cut once"  # noqa: S105  # of people who live as long as a run
_TICKS = os.sysconf("SC_CLK_TCK")


class Broken(RuntimeError):
    """A command or server of the benchmark failed; the message has its output."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def environment(instance: Path) -> dict[str, str]:
    """The default settings, with data in `instance` and without rate limits."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("NEXUS_")}
    return {**inherited, "NEXUS_INSTANCE": str(instance), "NEXUS_RATE_LIMITS": "off"}


def nexus(instance: Path, *arguments: str, given: str = "") -> str:
    """Run a `nexus` command with `given` as its input; returns its output. Raises `Broken`."""
    done = subprocess.run(  # noqa: S603  # our own command
        [*NEXUS, *arguments],
        cwd=ROOT,
        env=environment(instance),
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Broken(f"nexus {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def make_people(instance: Path) -> None:
    """Create the users who sign in. Raises `Broken`."""
    for name in PEOPLE:
        line = f"{PASSWORD}\n"
        nexus(instance, "user", "create", name, "--role", "learner", "--password-stdin", given=line)


class Running:
    """A server process and its children."""

    def __init__(self, command: Sequence[str], folder: Path, ready: str) -> None:
        self.port = free_port()
        self._log = folder / f"server-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._command = [*command, "--port", str(self.port)]
        self._folder, self._ready = folder, ready

    def start(self) -> float:
        """Start it; returns the seconds until it responds. Raises `Broken`."""
        started = time.perf_counter()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own command
                self._command,
                cwd=ROOT,
                env=environment(self._folder),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while time.perf_counter() - started < START_LIMIT:
            if self._process.poll() is not None:
                raise Broken(f"the server ended:\n{self.log}")
            if self._answers():
                return time.perf_counter() - started
            time.sleep(POLL)
        self.stop()
        raise Broken(f"no answer after {START_LIMIT} s:\n{self.log}")

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def _answers(self) -> bool:
        browser = Browser(self.port)
        try:
            return browser.get(self._ready).status == 200
        except OSError:
            return False
        finally:
            browser.close()

    def stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def settle(self) -> None:
        """Wait until background work is done and the index is up to date."""
        quiet, before = 0, self.cpu()
        end = time.perf_counter() + SETTLE_LIMIT
        while quiet < 4 and time.perf_counter() < end:
            time.sleep(0.5)
            now = self.cpu()
            quiet = quiet + 1 if now - before < 0.03 else 0
            before = now

    def processes(self) -> list["Process"]:
        """The server's processes, without the first one, which answers no requests."""
        assert self._process is not None
        found = []
        for pid in _descendants(self._process.pid):
            # A process that builds a part of the index may end meanwhile.
            with suppress(ProcessLookupError, FileNotFoundError):
                found.append(Process.of(pid, self._process.pid))
        return found

    def cpu(self) -> float:
        """The processor seconds of all its processes, including those that have ended."""
        assert self._process is not None
        return sum(_cpu(pid) for pid in [self._process.pid, *_descendants(self._process.pid)])

    def cpu_by_process(self) -> dict[tuple[int, str], float]:
        """The processor seconds by pid and name; `serve` is the first process."""
        assert self._process is not None
        found = {(self._process.pid, "serve"): _cpu(self._process.pid)}
        return found | {(each.pid, each.name): _cpu(each.pid) for each in self.processes()}


@contextmanager
def running(command: Sequence[str], folder: Path, ready: str = "/readyz") -> Iterator[Running]:
    """A running server, which is stopped at the end. Raises `Broken`."""
    server = Running(command, folder, ready)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def nexus_serve(workers: int) -> list[str]:
    return [*NEXUS, "serve", "--host", HOST, "--workers", str(workers)]


def floor_serve(folder: Path, workers: int) -> list[str]:
    options = ["--folder", str(folder), "--workers", str(workers)]
    return [sys.executable, "-m", "benchmarks.harness.floor", *options]


@dataclass(frozen=True, slots=True)
class Process:
    """A child of a server; in `pss`, shared memory is divided among the processes that use it."""

    pid: int
    name: str
    rss: int  # bytes
    pss: int  # bytes
    own: int  # bytes of anonymous memory

    @property
    def is_worker(self) -> bool:
        return self.name == "worker"

    @classmethod
    def of(cls, pid: int, master: int) -> "Process":
        command = _command(pid)
        name = "worker" if command == _command(master) else _named(command)
        sizes = {"Rss": 0, "Pss": 0, "Anonymous": 0}
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            label, _, rest = line.partition(":")
            if label in sizes:
                sizes[label] = int(rest.split()[0]) * 1024
        return cls(pid, name, sizes["Rss"], sizes["Pss"], sizes["Anonymous"])


def _command(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")


def _named(command: list[str]) -> str:
    """The command without options and paths: `wiki search`, or a worker's script and module."""
    words = [part.removeprefix(f"{ROOT}/") for part in command[1:] if not part.startswith("-")]
    return " ".join(word for word in words[:2] if not word.startswith("/") and word.isprintable())


def _descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(_stat(path)[1])
        except OSError:  # the process has ended meanwhile
            continue
        children.setdefault(parent, []).append(int(path.parent.name))
    found = [pid]
    for known in found:
        found += children.get(known, [])
    return found[1:]


def _cpu(pid: int) -> float:
    try:
        fields = _stat(Path(f"/proc/{pid}/stat"))
    except OSError:
        return 0.0
    # utime, stime, cutime, cstime
    return sum(map(int, fields[11:15])) / _TICKS


def _stat(path: Path) -> list[str]:
    """The fields of a `stat` file after the name (which may contain anything): state, parent, …"""
    return path.read_text().rpartition(") ")[2].split()

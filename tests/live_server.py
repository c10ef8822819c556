"""The real server: `nexus serve` as a process of its own."""

import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from tests import factories
from tests.databases import KEY
from tests.forked_command import ForkedCommand
from tests.optional_resources import ROOT
from tests.search_index import catch_up
from wiki import create_app
from wiki.accounts.models import User
from wiki.app_state import settings_of
from wiki.community.notifier import process as notifier
from wiki.config import read_settings
from wiki.database import db
from wiki.mail.sender import SENDER
from wiki.processes.lock import Lock
from wiki.processes.supervisor import SupervisedProcess
from wiki.search.indexing.supervision import INDEXER

# A proxy that is set for the world outside has no business with this machine.
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

# Seconds, for machines that have much else to do: a start takes 2, an answer some milliseconds.
START_LIMIT = 180
ANSWER_LIMIT = 60

# Below the ports that systems give to outgoing connections, one of which might otherwise take the
# port between here and the server's start; another hundred for each process that runs tests.
_PORTS = itertools.cycle(range(100))
_FIRST_PORT = 20_000 + os.getpid() % 100 * 100


def free_port() -> int:
    """A free port, which nobody else will get."""
    for number in _PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", _FIRST_PORT + number))
            return _FIRST_PORT + number
    raise AssertionError("the ports go round for ever")


# Their processes start like a server of their own each, for two seconds of processor.
FOLLOWERS = (INDEXER, notifier.NOTIFIER, SENDER)


COMMAND = (sys.executable, "-m", "wiki")  # as people start it


class LiveServer:
    """`nexus serve` on a free port with an instance folder of its own.

    `make_user` and `make_page` write into its database from the test's process. The processes that
    index, notify and mail start where `followers` name them; the test holds the locks of the
    others, and calls `index` and `notify` where it needs their work. With a `command`, that one is
    started; otherwise a process that has everything imported becomes the server.
    """

    def __init__(
        self,
        folder: Path,
        *,
        environment: Mapping[str, str | None] | None = None,
        command: tuple[str, ...] = (),
        cwd: Path = ROOT,
        options: tuple[str, ...] = (),
        followers: Collection[SupervisedProcess] = (),
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.command = command
        self.arguments = ("serve", "--port", str(self.port), *options)
        self.cwd = cwd
        settings: dict[str, str | None] = {
            "NEXUS_INSTANCE": str(folder / "instance"),
            "NEXUS_SECRET_KEY": KEY,
            "NEXUS_STARTER_PAGES": "off",
            "NEXUS_RATE_LIMITS": "off",
            "NEXUS_WORKERS": "1",
            "NEXUS_MEANING": "off",  # its process would encode beside every test
            **(environment or {}),
        }
        # `None` takes a setting out that stands above.
        self.settings = {name: value for name, value in settings.items() if value is not None}
        self.process: subprocess.Popen[bytes] | ForkedCommand | None = None
        self._app: Flask | None = None
        self.followers = followers
        self._locks: dict[str, Lock] = {}

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")

    @property
    def app(self) -> Flask:
        """An application on the server's database, in the test's process."""
        if self._app is None:
            known = {k: v for k, v in self.settings.items() if k.startswith("NEXUS_")}
            self._app = create_app(read_settings(known))
        return self._app

    def begin_with(self, database: Path) -> "LiveServer":
        """Copy a migrated SQLite file into the instance: migrations take most of a first start."""
        if "NEXUS_DATABASE_URL" not in self.settings:
            instance = Path(self.settings["NEXUS_INSTANCE"])
            instance.mkdir(parents=True)
            shutil.copyfile(database, instance / "nexus.sqlite3")
        return self

    def start(self) -> "LiveServer":
        self.folder.mkdir(parents=True, exist_ok=True)
        for follower in FOLLOWERS:
            if follower not in self.followers and (lock := follower.acquire(self.app)):
                self._locks[follower.name] = lock
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("NEXUS_")}
        self.process = self._begin({**inherited, **self.settings}, self.folder / "server.log")
        self.wait()
        return self

    def _begin(
        self, environment: Mapping[str, str], log: Path
    ) -> "subprocess.Popen[bytes] | ForkedCommand":
        if not self.command:
            return ForkedCommand(self.arguments, folder=self.cwd, environment=environment, log=log)
        with log.open("ab") as file:
            return subprocess.Popen(
                (*self.command, *self.arguments),
                cwd=self.cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    def index(self) -> None:
        """Let what was saved be found."""
        catch_up(self.app, self._locks.get(INDEXER.name))

    def notify(self) -> None:
        """Tell people what has happened, at once."""
        notifier.consume_all(self.app)

    def wait(self) -> None:
        """Until /readyz answers 200; fails with the server's log when it doesn't."""
        end = time.monotonic() + START_LIMIT
        while time.monotonic() < end:
            assert self.process is not None
            assert self.process.poll() is None, f"the server ended:\n{self.log}"
            if self.status("/readyz") == 200:
                return
            time.sleep(0.05)
        self.kill()
        raise AssertionError(f"the server isn't ready after {START_LIMIT} s:\n{self.log}")

    def status(self, path: str) -> int:
        """The status of a GET, 0 when nothing answers."""
        try:
            with _open(self.url + path, timeout=ANSWER_LIMIT) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except OSError:
            return 0

    def get(self, path: str) -> str:
        with _open(self.url + path, timeout=ANSWER_LIMIT) as answer:
            return str(answer.read().decode())

    def stop(self, limit: float = 60) -> int:
        """End it as an operating system does; gives the exit status."""
        assert self.process is not None
        self.process.terminate()
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server didn't end in {limit} s:\n{self.log}") from None

    def kill(self) -> None:
        """Like a crash or a power cut: every process at once, by a signal nobody can handle."""
        if self.process is not None:
            for pid in self.processes():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()
        while self._locks:
            self._locks.popitem()[1].release()
        if self._app is not None:
            with self._app.app_context():
                db.session.remove()
                db.engine.dispose()

    def processes(self) -> list[int]:
        """The server, its workers, and whatever they have started."""
        assert self.process is not None
        session = str(self.process.pid)
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                # pid (name) state parent group session …; a name may hold anything
                fields = stat.read_text().rpartition(")")[2].split()
                if fields[3] == session and fields[0] != "Z":
                    found.append(int(stat.parent.name))
        return found

    def make_user(self, username: str, **columns: Any) -> User:
        return factories.make_user(self.app, username, **columns)

    def make_page(self, path: str, **fields: Any) -> Any:
        return factories.make_page(self.app, path, **fields)

    def cookie_of(self, username: str, role: str = "learner") -> str:
        """The value of a session cookie with which `username` is signed in."""
        client: Any = factories.client_of(self.app, self.make_user(username, role=role))
        host = urlsplit(settings_of(self.app).base_url).hostname or "localhost"
        return str(client.get_cookie("nexus_session", domain=host).value)

"""The crash test: writers on several servers, whose processes are killed at random.

    python -m tests.reliability [--saves N] [--seed N] [--database sqlite|postgres] …

At the end every save that was answered with success is in the history, no revision's number is
missing or double, and pages, links, tags and index are what the texts say.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from tests.live_server import FOLLOWERS, LiveServer
from tests.reliability import consistency
from tests.reliability.kills import Killer, planned
from tests.reliability.ledger import Ledger
from tests.reliability.writers import Pages, Writer, first_text
from wiki.cli import nexus
from wiki.database import db
from wiki.processes.supervisor import SupervisedProcess
from wiki.search import outbox
from wiki.search.index.index_reader import IndexReader
from wiki.search.indexing.supervision import INDEXER

LIMIT = 1800  # seconds for a run that doesn't come to its end
CATCHING_UP = 120  # seconds for the index to come to the last save by itself


class Broken(AssertionError):
    """A promise was not kept; the message has each place."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is done."""

    saves: int
    writers: int
    pages: int
    kills: int
    workers: int  # of each server
    ends: tuple[str, ...]  # how whole servers end, one after the other
    followers: tuple[SupervisedProcess, ...]  # beside the workers


QUICK = Extent(
    saves=25, writers=3, pages=2, kills=1, workers=1, ends=("server",), followers=(INDEXER,)
)
WHOLE = Extent(
    saves=2_000,
    writers=50,
    pages=20,
    kills=100,
    workers=2,
    ends=("server", "power"),
    followers=FOLLOWERS,
)
SERVERS = 2


@dataclass(frozen=True, slots=True)
class Report:
    """What happened in a run that kept every promise."""

    counts: Counter[str]  # saves by their outcome
    actions: Counter[str]  # revisions by what made them
    killed: Counter[str]
    seconds: float

    def __str__(self) -> str:
        parts = (self.counts, self.actions, self.killed)
        told = (", ".join(f"{n} {name}" for name, n in part.most_common()) for part in parts)
        names = ("saves", "revisions", "killed")
        lines = [f"{name:>10}: {line}" for name, line in zip(names, told, strict=True)]
        return "\n".join([*lines, f"{'time':>10}: {self.seconds:.0f} s"])


def crash(folder: Path, database: str, extent: Extent, seed: int) -> Report:
    """Do it all in `folder`; `database` is an empty migrated one, or "" for SQLite's own.

    Raises `Broken`.
    """
    servers = _servers(folder, database, extent)
    ledger = Ledger(extent.saves)
    began = time.monotonic()
    try:
        for server in servers:
            server.start()
        killer = _write(servers, ledger, extent, seed)
        seconds = time.monotonic() - began
        revisions = consistency.stored(servers[0].app)
        wrong = [*ledger.wrong, *consistency.wrongs(ledger.saves, revisions)]
        wrong += _disagreeing(servers)
        _raise(wrong, servers)
        for server in servers:
            if server.stop() != 0:
                raise Broken(f"the server ended badly:\n{server.log}")
    finally:
        for server in servers:
            server.kill()
    actions = Counter(revision.action for revision in revisions)
    return Report(ledger.counts(), actions, killer.killed, seconds)


def _servers(folder: Path, database: str, extent: Extent) -> list[LiveServer]:
    """Servers that share a database; with SQLite the instance too, else replicas of their own."""
    shared = {"NEXUS_WORKERS": str(extent.workers)}
    if database:
        shared["NEXUS_DATABASE_URL"] = database
    else:
        shared["NEXUS_INSTANCE"] = str(folder / "instance")
    return [
        LiveServer(folder / f"server{number}", environment=shared, followers=extent.followers)
        for number in range(SERVERS)
    ]


def _write(servers: Sequence[LiveServer], ledger: Ledger, extent: Extent, seed: int) -> Killer:
    """Let the writers write and the killer kill, until there are enough saves."""
    for number in range(extent.pages):
        servers[0].make_page(f"page-{number}", text=first_text(number))
    pages = Pages(extent.pages)
    writers = [
        Writer(
            number,
            ports=[server.port for server in servers],
            session=servers[0].cookie_of(f"writer{number}"),
            pages=pages,
            ledger=ledger,
            seed=seed,
        )
        for number in range(extent.writers)
    ]
    chance = random.Random(seed)
    killer = Killer(servers, ledger, planned(extent.kills, extent.ends, chance), chance)
    for thread in (*writers, killer):
        thread.start()
    until = time.monotonic() + LIMIT
    for thread in (killer, *writers):
        thread.join(max(0.0, until - time.monotonic()))
        if thread.is_alive():
            ledger.fail(f"{thread.name} doesn't end")
    return killer


def _raise(wrong: Sequence[str], servers: Sequence[LiveServer]) -> None:
    if wrong:
        logs = "\n".join(f"{server.url}:\n{server.log[-3000:]}" for server in servers)
        raise Broken("\n".join(wrong[:20]) + f"\n({len(wrong)} in all)\n{logs}")


def _disagreeing(servers: Sequence[LiveServer]) -> list[str]:
    """What `nexus check` and `nexus search check` say, the index having come along by itself."""
    wrong = []
    if "No problems found." not in (said := _nexus(servers[0], "check")):
        wrong.append(f"nexus check: {said}")
    for server in {server.settings["NEXUS_INSTANCE"]: server for server in servers}.values():
        if not catches_up(server):
            wrong.append(f"the index of {server.url} stays behind")
        if "0 pages differed." not in (said := _nexus(server, "search", "check")):
            wrong.append(f"nexus search check: {said}")
    return wrong


def catches_up(server: LiveServer) -> bool:
    """Whether the server's own follower brings its index to the last save."""
    index = IndexReader(Path(server.settings["NEXUS_INSTANCE"]) / "search")
    with server.app.app_context():
        target = outbox.newest(db.session(), is_final=False)
        db.session.rollback()
    waiting = threading.Event()
    until = time.monotonic() + CATCHING_UP
    while time.monotonic() < until:
        snapshot = index.snapshot()
        if snapshot and snapshot.position >= target and index.state() == "ready":
            return True
        waiting.wait(0.05)
    return False


def _nexus(server: LiveServer, *command: str) -> str:
    return CliRunner().invoke(nexus, command, env=server.settings).output

"""Which processes of a server there are, and their sudden ends."""

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.live_server import LiveServer
from tests.reliability.ledger import Ledger

PATIENCE = 60  # seconds until the next kill, when no save is acknowledged meanwhile
LONGEST_PAUSE = 0.05  # seconds between an acknowledged save and a kill: somewhere in the next one

# What is killed, and how often; whole servers besides. "server": its parent alone, as by the
# system when memory runs out; "power": all its processes at once.
VICTIMS = {"worker": 50, "follower": 30, "renderer": 15, "merge": 5}


def family(server: LiveServer) -> dict[str, list[int]]:
    """The processes of a server by what they do."""
    assert server.process is not None
    parent = server.process.pid
    found: dict[str, list[int]] = {name: [] for name in VICTIMS}
    # Whose own parent was killed is no longer below; renderers have a session of their own.
    for pid in {*server.processes(), *_below(parent)} - {parent}:
        with suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
            found[_role(command.split("\0"))].append(pid)
    return found


def _role(command: Sequence[str]) -> str:
    if "follow" in command:
        return "follower"
    if "wiki.search.indexing.segment_jobs" in command:
        return "merge"
    return "renderer" if "wiki.markup.workers.worker" in command else "worker"


def _below(pid: int) -> list[int]:
    """Every descendant of a process."""
    found = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                found += [child, *_below(child)]
    return found


def planned(count: int, ends: Sequence[str], chance: random.Random) -> list[str]:
    """`count` victims and the ends of whole servers ("server 0", "power 1"), in random order."""
    victims = chance.choices([*VICTIMS], [*VICTIMS.values()], k=count)
    plan = [*victims, *(f"{end} {number}" for number, end in enumerate(ends))]
    chance.shuffle(plan)
    return plan


class Killer(threading.Thread):
    """Kills what is planned, at random moments while saves go on."""

    def __init__(
        self,
        servers: Sequence[LiveServer],
        ledger: Ledger,
        plan: Sequence[str],
        chance: random.Random,
    ) -> None:
        super().__init__(name="killer", daemon=True)
        self.servers, self.ledger, self.plan, self.chance = servers, ledger, plan, chance
        self.killed: Counter[str] = Counter()
        ledger.is_held = True

    def run(self) -> None:
        try:
            for number, victim in enumerate(self.plan, start=1):
                moment = self.ledger.wanted * number // (len(self.plan) + 1)
                self.ledger.wait_for(moment, PATIENCE)
                self.ledger.pause(self.chance.uniform(0, LONGEST_PAUSE))
                self._end(victim)
        except Exception as error:
            self.ledger.fail(f"killer: {type(error).__name__}: {error}")
        finally:
            self.ledger.is_held = False

    def _end(self, victim: str) -> None:
        name, _, number = victim.partition(" ")
        if number:
            server = self.servers[int(number)]
            self.killed[name] += 1
            end_parent(server) if name == "server" else server.kill()
            server.start()
            return
        pids = [pid for server in self.servers for pid in family(server)[name]]
        if pids:
            with suppress(ProcessLookupError):
                os.kill(self.chance.choice(pids), signal.SIGKILL)
                self.killed[name] += 1


def end_parent(server: LiveServer) -> None:
    """Kill the parent of the workers, and wait until they have followed it by themselves."""
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    waiting = threading.Event()
    for _ in range(600):
        if not server.processes():
            return
        waiting.wait(0.1)
    raise AssertionError(f"workers outlive their server: {server.processes()}")

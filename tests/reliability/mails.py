"""The crash test of mails: a queue that is sent while the process that sends it is killed.

The mail server is a real one, which takes its time before it takes a mail, and before it says that
it has. At the end every mail has arrived, always with the Message-ID that it was queued with, and
again at most once for each kill: only the one mail that was under way.
"""

import asyncio
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update

from tests.databases import KEY
from tests.mail_servers import MailServer
from tests.optional_resources import ROOT
from tests.reliability.crash import LIMIT, Broken
from wiki import create_app
from wiki.config import read_settings
from wiki.database import db, schema, utcnow, write_transaction
from wiki.mail.kinds import TEST
from wiki.mail.models import Mail, MailState
from wiki.mail.queue import enqueue

MAILS, MAIL_KILLS = 300, 25
LONGEST_DELAY = 0.02  # seconds before a mail is taken, and before that is said
LONGEST_PAUSE = 0.03  # seconds between a mail that came and a kill
POLL = 0.02  # seconds


@dataclass(frozen=True, slots=True)
class MailReport:
    """What happened in a run that kept every promise."""

    mails: int
    kills: int
    again: int  # mails that came a second time
    seconds: float

    def __str__(self) -> str:
        told = f"{self.mails} sent, {self.again} of them again after {self.kills} kills"
        return f"{'mails':>10}: {told}, in {self.seconds:.0f} s"


class SlowMailServer(MailServer):
    """Takes a mail, and says so, after moments in which its sender may die."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance = chance
        self.arrived: list[str] = []  # Message-IDs, in order

    async def handle_DATA(self, *given: Any) -> str:
        await asyncio.sleep(self.chance.uniform(0, LONGEST_DELAY))
        answer = await super().handle_DATA(*given)
        self.arrived.append(str(self.mails[-1]["Message-ID"]))
        await asyncio.sleep(self.chance.uniform(0, LONGEST_DELAY))
        return answer


def kill_senders(folder: Path, database: str, mails: int, kills: int, seed: int) -> MailReport:
    """Do it all in `folder`; `database` is one without mails, or "" for SQLite's own.

    Raises `Broken`.
    """
    chance = random.Random(seed)
    server = SlowMailServer(chance)
    server.start()
    environment = {
        "NEXUS_INSTANCE": str(folder),
        "NEXUS_SECRET_KEY": KEY,
        "NEXUS_SMTP_URL": server.url,
        "NEXUS_MAIL_FROM": "Nexus <wiki@example.org>",
        "NEXUS_BASE_URL": "https://wiki.example.org",
        **({"NEXUS_DATABASE_URL": database} if database else {}),
    }
    began = time.monotonic()
    try:
        app = create_app(read_settings(environment))
        schema.upgrade(app)
        queued = _queue(app, mails)
        _send(app, server, environment, kills)
        arrived = Counter(server.arrived)
        wrong = [*wrongs(queued, arrived, kills), *_unsent(app)]
    finally:
        server.stop()
    if wrong:
        raise Broken("\n".join(wrong[:20]) + f"\n({len(wrong)} in all)")
    return MailReport(mails, kills, arrived.total() - mails, time.monotonic() - began)


def wrongs(queued: Sequence[str], arrived: Mapping[str, int], kills: int) -> list[str]:
    """The promises that were not kept: by the Message-IDs that were queued, and how often each
    arrived."""
    found = [f"{id_} is lost" for id_ in queued if not arrived.get(id_)]
    found += [f"{id_} was never queued" for id_ in arrived if id_ not in set(queued)]
    again = sum(count - 1 for count in arrived.values())
    if again > kills:
        found.append(f"{again} mails came again after {kills} kills")
    return found


def _queue(app: Flask, mails: int) -> list[str]:
    with app.app_context():
        with write_transaction() as session:
            for number in range(mails):
                enqueue(session, TEST, f"p{number}@example.org")
        return list(db.session.scalars(select(Mail.message_id)))


def _send(app: Flask, server: SlowMailServer, environment: Mapping[str, str], kills: int) -> None:
    """Let senders send, one after the other, until each mail is sent; all of them are killed."""
    mails = _counts(app).total()

    def is_done() -> bool:
        return not _counts(app)[MailState.WAITING]

    for number in range(1, kills + 1):
        # In the midst of its mails, whatever those before it have left.
        moment = max(mails * number // (kills + 1), len(server.arrived) + 1)
        _send_until(lambda at=moment: len(server.arrived) >= at or is_done(), server, environment)
        _let_leases_end(app)
    _send_until(is_done, server, environment)


def _send_until(
    condition: Callable[[], bool], server: SlowMailServer, environment: Mapping[str, str]
) -> None:
    """Start a sender, and kill it at some moment after that."""
    sender = _start(environment)
    until = time.monotonic() + LIMIT
    try:
        while not condition():
            if sender.poll() is not None:
                raise Broken(f"a sender ended by itself, with {sender.returncode}")
            if time.monotonic() > until:
                raise Broken("the mails don't come to their end")
            threading.Event().wait(POLL)
        threading.Event().wait(server.chance.uniform(0, LONGEST_PAUSE))
    finally:
        sender.kill()
        sender.wait()


def _start(environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    ours = {name: value for name, value in os.environ.items() if not name.startswith("NEXUS_")}
    command = [sys.executable, "-m", "wiki", "mail", "follow"]
    return subprocess.Popen(command, cwd=ROOT, env={**ours, **environment})


def _let_leases_end(app: Flask) -> None:
    """What the killed one had taken would be due in minutes."""
    with app.app_context(), write_transaction() as session:
        waiting = update(Mail).where(Mail.state == MailState.WAITING)
        session.execute(waiting.values(next_attempt_at=utcnow()))


def _counts(app: Flask) -> Counter[str]:
    with app.app_context():
        rows = db.session.execute(select(Mail.state, func.count()).group_by(Mail.state)).all()
        return Counter({row[0]: row[1] for row in rows})


def _unsent(app: Flask) -> list[str]:
    """What is recorded otherwise than as sent."""
    counts = _counts(app)
    return [f"{count} are {state}" for state, count in counts.items() if state != MailState.SENT]

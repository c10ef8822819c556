"""Letting the notifier do all it has to do, at once and in this process."""

import threading
import time

from flask import Flask

from wiki.community.notifier import consuming
from wiki.community.notifier.process import consume_all, run_jobs
from wiki.community.notifier.registry import Consumer
from wiki.database import db
from wiki.search import outbox

PATIENCE = 60.0  # seconds for other tests' transactions on the same server to end


def notify(app: Flask, *, jobs: bool = False) -> None:
    """Let every consumer deal with all that has happened, and run due jobs if wanted."""
    wait_until_final(app)
    consume_all(app)
    if jobs:
        run_jobs(app)


def wait_until_final(app: Flask) -> None:
    """On PostgreSQL, wait for transactions of others that keep ours from being final."""
    until = time.monotonic() + PATIENCE
    with app.app_context():
        session = db.session()
        while outbox.newest(session) != outbox.newest(session, is_final=False):
            assert time.monotonic() < until
            session.rollback()
            time.sleep(0.01)


def consume_at_once(app: Flask, consumer: Consumer, notifiers: int) -> None:
    """Let as many notifiers deal with the same events at the same time."""
    wait_until_final(app)
    start = threading.Barrier(notifiers)

    def run() -> None:
        with app.app_context():
            start.wait()
            while consuming.consume_next(consumer):
                pass

    threads = [threading.Thread(target=run) for _ in range(notifiers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

"""The search index of an application, brought up to date when a test wants it."""

import time

from flask import Flask

from wiki.database import db
from wiki.processes.lock import Lock
from wiki.search import outbox
from wiki.search.document_source import DOCUMENT_SOURCE
from wiki.search.index.index_folder import search_folder
from wiki.search.index.index_reader import IndexReader, is_first_build
from wiki.search.indexing import index_lock
from wiki.search.indexing.indexer import Indexer


def catch_up(app: Flask, held: Lock | None = None, timeout: float = 60.0) -> None:
    """Bring the index up to the last save, with the lock that is `held`.

    Without one it waits for an indexer that is running. Raises `TimeoutError`.
    """
    root, source = search_folder(app), DOCUMENT_SOURCE.of(app)
    until = time.monotonic() + timeout
    with app.app_context():
        # On PostgreSQL an open transaction, even in another database, holds back the last ones.
        target = outbox.newest(db.session(), is_final=False)
        db.session.rollback()
    while time.monotonic() < until:
        if lock := held or index_lock.acquire(root):
            try:
                with app.app_context():
                    indexer = Indexer(root, source, lock)
                    indexer.drain()
                    indexer.close()
            finally:
                if lock is not held:
                    lock.release()
        snapshot = IndexReader(root).snapshot()
        if snapshot and snapshot.position >= target and not is_first_build(root):
            return
        time.sleep(0.05)
    raise TimeoutError("the search index doesn't catch up")

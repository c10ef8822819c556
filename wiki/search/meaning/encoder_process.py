"""The encoder process: encodes queries for the workers, and pages after they were indexed."""

import logging
import os
import time
from collections.abc import Callable

from flask import Flask

from wiki.database import db
from wiki.processes.lock import Lock, LostLock
from wiki.processes.modules import NICENESS
from wiki.search.document_source import DOCUMENT_SOURCE
from wiki.search.index.index_folder import search_folder
from wiki.search.index.index_reader import IndexReader
from wiki.search.meaning.encoder import Encoder
from wiki.search.meaning.encoder_server import serve_vectors
from wiki.search.meaning.vector_backfill import VectorBackfill

log = logging.getLogger(__name__)

INDEX_POLL = 1.0  # seconds between two checks for documents to encode
ERROR_PAUSE = 5.0  # seconds after an error: a full disk, an unreachable database


def follow(app: Flask, held: Lock, is_wanted: Callable[[], bool]) -> None:
    """Answer requests and encode pages while `is_wanted`; errors are logged and retried."""
    root = search_folder(app)
    encoder = Encoder()
    serve_vectors(root, encoder.encode)
    # After the answering thread has started: people wait for that one, but not for pages.
    os.nice(NICENESS)
    index = IndexReader(root)
    filler = VectorBackfill(root, DOCUMENT_SOURCE.of(app), encoder.encode)
    filled = None  # the snapshot that is completely encoded
    while is_wanted():
        pause = INDEX_POLL
        try:
            with app.app_context():
                if not held.is_held():
                    raise LostLock
                snapshot = index.snapshot()
                if snapshot is None or snapshot is filled:
                    pass
                elif filler.fill(snapshot):
                    pause = 0.0
                else:
                    filled = snapshot
        except LostLock:
            log.warning("the lock of the encoder is gone; this one ends")
            break
        except Exception:
            log.exception("encoding pages failed; it is tried again")
            pause = ERROR_PAUSE
        time.sleep(pause)
    with app.app_context():
        db.engine.dispose()

"""The follower: a process beside the web workers that keeps the index at the outbox's heels."""

import logging
import os
import select
import socket
import time
from collections.abc import Callable

from flask import Flask

from wiki.database import db
from wiki.search import query_log
from wiki.search.document_source import DOCUMENT_SOURCE
from wiki.search.index.index_folder import search_folder
from wiki.search.indexing import index_lock
from wiki.search.indexing.indexer import Indexer, LostLock

log = logging.getLogger(__name__)

OUTBOX_POLL = 0.2  # seconds between two looks into the outbox; a save is found within one second
MIN_PAUSE = 0.05  # seconds of rest at least; what is saved meanwhile costs no commit of its own
ERROR_PAUSE = 1.0  # seconds after an error: a full disk, a database that is away
QUIET_AFTER = 20.0  # seconds since the last save after which there is time to merge
QUERY_LOG_INTERVAL = 60.0  # seconds between two looks at what was asked
MAINTENANCE_INTERVAL = 3600.0  # seconds between two comparisons of every page, and two prunings


def follow(app: Flask, lock: index_lock.Lock, is_wanted: Callable[[], bool]) -> None:
    """Keep the index up to date while `is_wanted`; errors are logged and tried again."""
    # Not below the others: its commits are short and waited for. Merges and rebuilds are.
    root = search_folder(app)
    indexer = Indexer(root, DOCUMENT_SOURCE.of(app), lock)
    is_checked, next_round, next_gathering, quiet_from = False, 0.0, 0.0, 0.0
    while is_wanted():
        began = time.monotonic()
        try:
            with app.app_context():
                if not lock.is_held():
                    raise LostLock
                if not is_checked:
                    # A crash, a power cut or a restored backup lies before every start.
                    indexer.open(verify=True)
                    indexer.mend()
                    is_checked = True
                indexer.tend(is_quiet=began >= quiet_from)
                if indexer.drain():
                    quiet_from = began + QUIET_AFTER
                if time.monotonic() >= next_gathering:
                    next_gathering = time.monotonic() + QUERY_LOG_INTERVAL
                    query_log.count_logged_queries(root)
                if time.monotonic() >= next_round:
                    next_round = time.monotonic() + MAINTENANCE_INTERVAL
                    indexer.mend()
                    indexer.note(reader_name(app))
        except LostLock:
            log.warning("the lock of the search index is gone; this indexer ends")
            break
        except Exception:
            # Nothing is lost: the position moves with a commit only.
            log.exception("indexing failed; it is tried again")
            indexer.close()
            time.sleep(ERROR_PAUSE)
        time.sleep(max(MIN_PAUSE, OUTBOX_POLL - (time.monotonic() - began)))
    indexer.close()
    with app.app_context():
        db.engine.dispose()


def reader_name(app: Flask) -> str:
    """What this index is called among the readers of the outbox."""
    return f"{socket.gethostname()}:{search_folder(app)}"[-64:]


def alive(process: int) -> Callable[[], bool]:
    """Whether a process lives, as a function; its number may be given to another one later."""
    if not process:
        return lambda: True
    try:
        number = os.pidfd_open(process)
    except ProcessLookupError:
        return lambda: False
    except (AttributeError, OSError):
        return lambda: _answers(process)
    poller = select.poll()
    poller.register(number, select.POLLIN)
    return lambda: not poller.poll(0)


def _answers(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

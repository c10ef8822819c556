"""The indexer process: runs beside the web workers and follows the outbox."""

import logging
import socket
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from wiki.database import ChangeWatch, db
from wiki.processes.lock import Lock, LostLock
from wiki.search import miss_log, open_log, query_log
from wiki.search.document_source import DOCUMENT_SOURCE
from wiki.search.index.index_folder import search_folder
from wiki.search.indexing.indexer import Indexer

log = logging.getLogger(__name__)

OUTBOX_POLL = 0.2  # seconds; a save can be found within one second
HOUSEKEEPING_INTERVAL = 1.0  # seconds at most between two checks of the index's files
MIN_PAUSE = 0.05  # seconds; saves in between share a commit
ERROR_PAUSE = 1.0  # seconds after an error: a full disk, an unreachable database
QUIET_AFTER = 20.0  # seconds without a save until more is merged
QUERY_LOG_INTERVAL = 60.0  # seconds between two counts of logged queries
MAINTENANCE_INTERVAL = 3600.0  # seconds between two comparisons of every page, and of pruning


def follow(app: Flask, lock: Lock, is_wanted: Callable[[], bool]) -> None:
    """Keep the index up to date while `is_wanted`; errors are logged and retried."""
    # At normal priority: its commits are short and awaited. Merges and rebuilds run at a lower one.
    root = search_folder(app)
    indexer = Indexer(root, DOCUMENT_SOURCE.of(app), lock)
    with app.app_context():
        watch = ChangeWatch(db.engine)
    is_checked = False
    next_housekeeping = next_round = next_gathering = quiet_from = 0.0
    while is_wanted():
        began = time.monotonic()
        try:
            with app.app_context():
                if not lock.is_held():
                    raise LostLock
                if not is_checked:
                    # After a crash, a power cut or a restored backup.
                    indexer.open(verify=True)
                    indexer.repair_differences()
                    is_checked = True
                has_changed = watch.may_have_changed()
                if has_changed or began >= next_housekeeping:
                    next_housekeeping = began + HOUSEKEEPING_INTERVAL
                    indexer.do_housekeeping(is_quiet=began >= quiet_from)
                if has_changed and indexer.drain():
                    quiet_from = began + QUIET_AFTER
                if time.monotonic() >= next_gathering:
                    next_gathering = time.monotonic() + QUERY_LOG_INTERVAL
                    query_log.count_logged_queries(root)
                    open_log.count_opened_pages(root)
                    _count_misses(root)
                if time.monotonic() >= next_round:
                    next_round = time.monotonic() + MAINTENANCE_INTERVAL
                    indexer.repair_differences()
                    indexer.note(reader_name(app))
        except LostLock:
            log.warning("the lock of the search index is gone; this indexer ends")
            break
        except Exception:
            # Nothing is lost: the position advances only with a commit.
            log.exception("indexing failed; it is tried again")
            indexer.close()
            watch.forget()
            time.sleep(ERROR_PAUSE)
        time.sleep(max(MIN_PAUSE, OUTBOX_POLL - (time.monotonic() - began)))
    indexer.close()
    watch.close()
    with app.app_context():
        db.engine.dispose()


def _count_misses(root: Path) -> None:
    if miss_log.MISSED_SEARCHES.current():
        miss_log.count_logged_misses(root)
    else:
        miss_log.forget_misses(root)


def reader_name(app: Flask) -> str:
    """The name of this index among the readers of the outbox."""
    return f"{socket.gethostname()}:{search_folder(app)}"[-64:]

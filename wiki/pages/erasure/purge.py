"""Purging: removes what database files and the search index still contain of deleted rows.

What PostgreSQL keeps is up to its administrator: see `docs/hosting.md`.
"""

import logging
import sqlite3
from contextlib import closing, suppress

from wiki.database import db, is_sqlite
from wiki.database.errors import coded_reason
from wiki.search import query_log
from wiki.search.index.index_folder import request_rebuild
from wiki.search.service import SEARCH

log = logging.getLogger(__name__)


def purge() -> None:
    """Remove from the files what committed transactions have deleted."""
    if is_sqlite(db.session()):
        _purge_database()
    search = SEARCH.current()
    with suppress(OSError):
        # Segments keep the words of replaced documents until they are merged: rebuild the index.
        request_rebuild(search.root)
        # Somebody may have searched for the secret. The rebuild deletes later queries.
        query_log.forget_queries(search.root)


def _purge_database() -> None:
    """Rewrite the database and empty its write-ahead log; takes as long as copying it.

    Old renderings and drafts remain in free pages, recent writes in the log. If the database can’t
    be rewritten now, a warning is logged and nothing is raised.
    """
    db.session.rollback()
    try:
        with closing(db.engine.raw_connection()) as connection, closing(connection.cursor()) as at:
            at.execute("VACUUM")
            (is_blocked, *_counts) = at.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.DatabaseError as error:
        reason = coded_reason(error) or "offline"
    else:
        reason = "busy" if is_blocked else ""
    if reason:
        log.warning("the database is %s: what was erased may still be in free pages", reason)

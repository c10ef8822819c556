"""Deleting for good: what the files of SQLite and of search hold of rows that were deleted.

What PostgreSQL leaves behind is for who runs it: see `docs/hosting.md`.
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
    """Take out of the files what earlier transactions have deleted. To be called after a commit."""
    if is_sqlite(db.session()):
        _purge_database()
    search = SEARCH.current()
    with suppress(OSError):
        # Segments keep the words of what was replaced until they are merged: build it anew.
        request_rebuild(search.root)
        # Who looked for a secret has asked for it; the rebuild forgets what is asked until then.
        query_log.forget_queries(search.root)


def _purge_database() -> None:
    """Rewrite the file and empty its write-ahead log; takes as long as copying the database.

    Former renderings and drafts lie in free pages, what was written lately in the log. When the
    database can't be rewritten now, that something may be left is logged, and nothing is raised.
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

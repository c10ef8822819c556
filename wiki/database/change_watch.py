"""Tells processes that poll tables whether anything was committed since the last check.

A check takes some microseconds, reads no table and holds no lock. On SQLite it compares
`PRAGMA data_version`, which changes with each commit of another connection; on PostgreSQL
`pg_current_snapshot()`, the transactions that a new statement would see.
"""

import logging
import time
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

# Work that becomes due by the clock (a mail to retry, a digest) is found at most this late, and so
# is any change that a watch misses.
LONGEST_REST = 10.0  # seconds


class ChangeWatch:
    """Checks on a connection of its own, opened at the first check. Not thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Any = None
        self._seen: Any = None
        self._rested_from = 0.0

    def may_have_changed(self) -> bool:
        """Whether anything may have changed since this last returned true.

        Also true at the first call, after `LONGEST_REST` seconds, and while the database cannot be
        reached, so that the caller runs into the error. Call it before reading the tables, never
        afterwards.
        """
        now, seen = time.monotonic(), self._state()
        if seen is not None and seen == self._seen and now - self._rested_from < LONGEST_REST:
            return False
        self._seen, self._rested_from = seen, now
        return True

    def forget(self) -> None:
        """Make the next check return true, because processing the last change failed."""
        self._seen = None

    def close(self) -> None:
        """Close the connection; the next check opens a new one."""
        connection, self._connection, self._seen = self._connection, None, None
        if connection is not None:
            with suppress(Exception):  # the connection may be broken
                connection.close()

    def _state(self) -> Any:
        """A value that stays the same until something is committed; `None` if it can't be read."""
        is_sqlite = self._engine.dialect.name == "sqlite"
        query = "PRAGMA data_version" if is_sqlite else "SELECT pg_current_snapshot()::text"
        try:
            if self._connection is None:
                self._connection = self._connect()
            return self._connection.execute(query).fetchone()[0]
        except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error) as error:
            log.info("the database can't be watched: %s", error)
            self.close()
            return None

    def _connect(self) -> Any:
        """A DBAPI connection with the usual set-up, detached from the pool."""
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        if self._engine.dialect.name != "sqlite":  # SQLite's driver begins no transaction itself
            connection.autocommit = True
        return connection

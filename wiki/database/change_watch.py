"""Whether anything was committed since the last look, for processes that follow tables.

A look costs some microseconds, reads no table and holds no lock. On SQLite it is a number that the
commits of other connections raise (`PRAGMA data_version`), on PostgreSQL the transactions that a
new statement would see (`pg_current_snapshot`): while that is the same, so is every table.
"""

import logging
import time
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

# What becomes due by the clock (a mail that failed, a digest) is found this late at most, and so
# would be whatever a watch overlooked.
LONGEST_REST = 10.0  # seconds


class ChangeWatch:
    """Looks on a connection of its own, which it opens at the first look; for one thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Any = None
        self._seen: Any = None
        self._rested_from = 0.0

    def may_have_changed(self) -> bool:
        """Whether anything may have changed since this last was so, or `LONGEST_REST` is over.

        So it is the first time, and while the database can't be asked: whoever follows it finds
        out why. To be called before the look at the tables, never after it.
        """
        now, seen = time.monotonic(), self._state()
        if seen is not None and seen == self._seen and now - self._rested_from < LONGEST_REST:
            return False
        self._seen, self._rested_from = seen, now
        return True

    def forget(self) -> None:
        """Have the next look find a change: what was to be done now has failed."""
        self._seen = None

    def close(self) -> None:
        """Close its connection; the next look opens another one."""
        connection, self._connection, self._seen = self._connection, None, None
        if connection is not None:
            with suppress(Exception):  # it may be broken: that is why it is closed
                connection.close()

    def _state(self) -> Any:
        """What is the same for as long as nothing is committed; `None` if it isn't known."""
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
        """A connection of the driver's, set up as all are; not one of the pool any more."""
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        if self._engine.dialect.name != "sqlite":  # where no transaction begins by itself
            connection.autocommit = True
        return connection

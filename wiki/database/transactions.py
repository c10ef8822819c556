"""Write transactions: one writer at a time, and an error for each way in which storing fails."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from wiki.database.base import db
from wiki.database.connections import lock_timeout_left
from wiki.database.dialects import is_postgresql, is_sqlite
from wiki.database.errors import StorageUnavailable, outage_reason

log = logging.getLogger(__name__)

# For `with_for_update`, of rows of pages and people: others wait to change the row, but not to
# refer to it. Else a save and the notifier would each hold what the other one waits for.
FOR_CHANGE: dict[str, Any] = {"key_share": True}


@contextmanager
def write_transaction(lock_timeout: float | None = None) -> Iterator[Session]:
    """One write transaction: committed when the block ends, rolled back when it raises.

    What was read before is forgotten, so that everything inside is read under the lock.
    `lock_timeout` is in seconds, by default `BUSY_TIMEOUT`; 0, which readers give, doesn't wait for
    another writer at all.
    Raises `StorageUnavailable` when the database is busy, read-only, full, damaged or offline.
    """
    session: Session = db.session()
    seconds = lock_timeout_left(lock_timeout)
    try:
        # SQLite upgrades a read to a write lock too late, and two readers would deadlock:
        # end the read, then take the lock at once.
        session.rollback()
        connection = session.connection(execution_options={"write": True, "lock_timeout": seconds})
        if is_postgresql(session):
            # For this transaction only: a migration waits for its locks as long as it takes.
            # Zero would mean no limit.
            milliseconds = max(1, round(seconds * 1000))
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")
        yield session
        session.commit()
    except DBAPIError as error:
        session.rollback()
        reason = outage_reason(error)
        if reason is None:
            raise
        log.warning("a change could not be stored: %s", error.orig)
        raise StorageUnavailable(reason) from error
    except BaseException:
        session.rollback()
        raise


def overwrite_deleted(session: Session) -> None:
    """Have SQLite overwrite what this transaction deletes with zeros; PostgreSQL can't."""
    if is_sqlite(session):
        session.connection().exec_driver_sql("PRAGMA secure_delete=ON")

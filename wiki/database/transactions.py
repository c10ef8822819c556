"""Write transactions: one writer at a time, and `StorageUnavailable` when storing fails."""

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

# For `with_for_update` on rows of pages and people (FOR NO KEY UPDATE): other transactions wait to
# change the row, but not to refer to it. Otherwise a save and the notifier could deadlock.
FOR_CHANGE: dict[str, Any] = {"key_share": True}


@contextmanager
def write_transaction(lock_timeout: float | None = None) -> Iterator[Session]:
    """One write transaction: committed when the block ends, rolled back when it raises.

    Objects that were read before are expired, so that everything inside is read under the lock.
    `lock_timeout` is in seconds, by default `BUSY_TIMEOUT`; with 0, which readers pass, it doesn't
    wait for another writer.
    Raises `StorageUnavailable` when the database is busy, read-only, full, damaged or offline.
    """
    session: Session = db.session()
    seconds = lock_timeout_left(lock_timeout)
    try:
        # SQLite upgrades a read lock to a write lock at the first write, so two readers would
        # deadlock. End the read transaction and take the write lock at once.
        session.rollback()
        connection = session.connection(execution_options={"write": True, "lock_timeout": seconds})
        if is_postgresql(session):
            # For this transaction only: migrations wait for their locks without a limit.
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
    """Have SQLite overwrite deleted data of this transaction with zeros; PostgreSQL can't."""
    if is_sqlite(session):
        session.connection().exec_driver_sql("PRAGMA secure_delete=ON")

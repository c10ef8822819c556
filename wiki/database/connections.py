"""Sets up every connection, above all so that each wait for a lock ends.

SQLite runs in WAL mode, with full synchronisation and foreign keys.
"""

import sqlite3
import time
from contextlib import suppress
from typing import Any

from flask import g, has_request_context
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

from wiki.database.errors import coded_reason, outage_reason

BUSY_TIMEOUT = 5_000  # milliseconds a writer waits for another one
LOCK_STEP = 0.002  # seconds between two attempts of a writer on SQLite
CACHE_SIZE = 512  # kB of each SQLite connection; the system keeps the file in memory anyway
# In WAL, NORMAL may lose acknowledged commits at a power cut.
SYNCHRONOUS = "FULL"


def lock_timeout_left(lock_timeout: float | None = None) -> float:
    """The seconds to wait for a lock, by default `BUSY_TIMEOUT`.

    0 for a request that has already waited in vain, since its error page queries the database too.
    """
    if has_request_context() and g.get("waited_in_vain"):
        return 0
    return BUSY_TIMEOUT / 1000 if lock_timeout is None else lock_timeout


def _note_waited_in_vain(context: Any) -> None:
    error, connection = context.sqlalchemy_exception, context.connection
    if connection is None or not has_request_context() or not isinstance(error, DBAPIError):
        return
    # Without a timeout, there was no wait.
    if (
        connection.get_execution_options().get("lock_timeout") != 0
        and outage_reason(error) == "busy"
    ):
        g.waited_in_vain = True


def listen_to_engine(engine: Engine) -> None:
    """Set up every connection of `engine`, so that a request times out on a lock only once."""
    event.listen(engine, "handle_error", _note_waited_in_vain)
    if engine.dialect.name == "postgresql":
        _listen_to_postgresql(engine)
    else:
        _listen_to_sqlite(engine)


def _listen_to_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _set_options(connection: Any, _record: Any) -> None:
        # Set inside a transaction, they would end with it; migrations reset the timeout.
        connection.autocommit = True
        connection.execute(f"SET lock_timeout = {BUSY_TIMEOUT}")
        # Some statements convert times to text, which depends on the server's settings.
        connection.execute("SET timezone = 'UTC'; SET datestyle = 'ISO'")
        connection.autocommit = False

    @event.listens_for(engine, "begin")
    def _shorten_lock_timeout(connection: Any) -> None:
        if not lock_timeout_left():
            connection.exec_driver_sql("SET LOCAL lock_timeout = 1")

    @event.listens_for(engine, "handle_error")
    def _hide_values(context: Any) -> None:
        # "DETAIL: Key (email_key)=(somebody@example.org) already exists" must not be logged.
        text = getattr(getattr(context.original_exception, "diag", None), "message_primary", None)
        if text:
            context.original_exception.args = (text,)
            if context.sqlalchemy_exception is not None:
                context.sqlalchemy_exception.args = (text,)


def _listen_to_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins no transaction itself
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        if mode != "wal" and not cursor.execute("PRAGMA query_only").fetchone()[0]:
            _try_wal(cursor)
        cursor.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA cache_size=-{CACHE_SIZE}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if connection.get_execution_options().get("write"):
            _begin_write(connection)
        else:
            connection.connection.driver_connection.execute("BEGIN")


def _begin_write(connection: Any) -> None:
    """Take the write lock, retrying at equal intervals.

    SQLite's own intervals grow to a tenth of a second, so the writer that has waited longest would
    be overtaken by newer ones.
    """
    driver: sqlite3.Connection = connection.connection.driver_connection
    seconds = connection.get_execution_options().get("lock_timeout", BUSY_TIMEOUT / 1000)
    until = time.monotonic() + seconds
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < until:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if coded_reason(error) != "busy":
                    break
            else:
                return
            time.sleep(LOCK_STEP)
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # raises the error as SQLAlchemy's
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")


def _try_wal(cursor: Any) -> None:
    # A read-only file cannot be switched to WAL, but can still be read.
    with suppress(sqlite3.OperationalError):
        cursor.execute("PRAGMA journal_mode=WAL")

"""Databases that take no change for a while: `with OUTAGES["sqlite", "locked"](app): …`"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.engine import URL

from wiki.database import db


def url_of(app: Flask) -> URL:
    with app.app_context():
        return db.engine.url


def forget_connections(app: Flask) -> Engine:
    """What is open already doesn't notice what changes."""
    with app.app_context():
        db.engine.dispose()
        return db.engine


@contextmanager
def _each_connection(app: Flask, does: Callable[[Any], None]) -> Iterator[None]:
    def act(connection: Any, _record: Any) -> None:
        does(connection)

    engine = forget_connections(app)
    event.listen(engine, "connect", act)
    try:
        yield
    finally:
        event.remove(engine, "connect", act)
        engine.dispose()


@contextmanager
def _locked_sqlite(app: Flask) -> Iterator[None]:
    """Somebody else writes for longer than anybody waits."""
    with closing(sqlite3.connect(url_of(app).database or "", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def _full_sqlite(app: Flask) -> Iterator[None]:
    """The file may not grow."""

    def limit(connection: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    with _each_connection(app, limit):
        yield


@contextmanager
def _read_only_sqlite(app: Flask) -> Iterator[None]:
    with _each_connection(app, lambda connection: connection.execute("PRAGMA query_only=ON")):
        yield


def connect(app: Flask, database: str = "") -> psycopg.Connection[Any]:
    """A connection of our own to the app's PostgreSQL, to this or another database."""
    url = url_of(app).set(drivername="postgresql")
    url = url.set(database=database) if database else url
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


@contextmanager
def _locked_postgres(app: Flask) -> Iterator[None]:
    with connect(app) as other, other.transaction():
        other.execute("LOCK TABLE page IN EXCLUSIVE MODE")
        yield


@contextmanager
def _read_only_postgres(app: Flask) -> Iterator[None]:
    """As a replica is, or a server that is looked after."""
    with _each_connection(app, lambda connection: setattr(connection, "read_only", True)):
        yield


@contextmanager
def away(app: Flask) -> Iterator[None]:
    """PostgreSQL ends every connection to the wiki's database, and takes no new one."""
    name = url_of(app).database
    with connect(app, "postgres") as server:
        server.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        cut_off(app, server)
        try:
            yield
        finally:
            server.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')


def cut_off(app: Flask, server: psycopg.Connection[Any], *, only_waiting: bool = False) -> int:
    """End the connections to the wiki's database; how many there were."""
    row = server.execute(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
        "WHERE datname = %s AND pid <> pg_backend_pid() AND (wait_event_type = 'Lock' OR %s)",
        (url_of(app).database, not only_waiting),
    ).fetchone()
    assert row is not None
    return int(row[0])


OUTAGES: dict[tuple[str, str], Callable[[Flask], AbstractContextManager[None]]] = {
    ("sqlite", "locked"): _locked_sqlite,
    ("sqlite", "full"): _full_sqlite,
    ("sqlite", "read-only"): _read_only_sqlite,
    ("postgres", "locked"): _locked_postgres,
    ("postgres", "read-only"): _read_only_postgres,
}

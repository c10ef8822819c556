"""Databases of tests: a copy of a migrated SQLite file, a scratch database on PostgreSQL."""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from wiki import create_app
from wiki.config import read_settings
from wiki.database import db, schema

# Where a server is looked for when NEXUS_TEST_POSTGRES_URL doesn't say: loopback, the local
# socket, then what the usual PG* variables name.
POSTGRES_URLS = (
    "postgresql+psycopg://postgres@127.0.0.1:5432/postgres",
    "postgresql+psycopg://postgres:postgres@127.0.0.1:5432/postgres",
    "postgresql+psycopg://postgres@/postgres",
    "postgresql+psycopg:///postgres",
)
KEY = "a key of tests, long enough to be one"


class NoServer(Exception):
    """No PostgreSQL server answers."""


def migrate(url: str, instance: Path) -> None:
    """Run the real migrations on the empty database at `url`."""
    app = create_app(
        read_settings(
            {
                "NEXUS_INSTANCE": str(instance),
                "NEXUS_DATABASE_URL": url,
                "NEXUS_SECRET_KEY": KEY,
            }
        )
    )
    schema.upgrade(app)
    with app.app_context():
        # The last connection takes the write-ahead log in, so that the file can be copied.
        db.engine.dispose()


def find_postgres() -> URL:
    """The URL of a server on which databases may be made. Raises `NoServer`."""
    asked = os.environ.get("NEXUS_TEST_POSTGRES_URL")
    reasons = []
    for candidate in (asked,) if asked else POSTGRES_URLS:
        url = make_url(candidate.replace("postgresql://", "postgresql+psycopg://"))
        try:
            with server_connection(url) as connection:
                connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, ImportError) as error:
            reasons.append(f"{url}: {str(error).splitlines()[0]}")
        else:
            return url
    raise NoServer("no PostgreSQL answers; " + "; ".join(reasons))


@contextmanager
def scratch_postgres(server: URL, template: str | None = None) -> Iterator[URL]:
    """A database of its own on `server`, empty or a copy of `template`; dropped at the end."""
    name = f"nexus_test_{uuid.uuid4().hex[:12]}"
    with server_connection(server) as connection:
        copied = f' TEMPLATE "{template}"' if template else ""
        connection.execute(text(f'CREATE DATABASE "{name}"{copied}'))
        # As for SQLite (tests/speedups.py), what is committed needn't outlive a power cut.
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit TO off'))
    try:
        yield server.set(database=name)
    finally:
        with server_connection(server) as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


# The rows that describe tables, indexes and constraints, each with the transaction that wrote it.
_STRUCTURE = text("""
    WITH relation AS (SELECT oid, xmin FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    SELECT md5(string_agg(line, chr(10) ORDER BY line)) FROM (
        SELECT concat_ws(' ', 'relation', oid, xmin) FROM relation
        UNION ALL SELECT concat_ws(' ', 'column', attrelid, attnum, column_.xmin)
        FROM pg_attribute AS column_ JOIN relation ON attrelid = oid
        UNION ALL SELECT concat_ws(' ', 'default', default_.oid, default_.xmin)
        FROM pg_attrdef AS default_ JOIN relation ON adrelid = relation.oid
        UNION ALL SELECT concat_ws(' ', 'constraint', oid, xmin)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    ) AS parts (line)
""")


class ReusedPostgres:
    """A copy of the database `template`, and another one when a test has changed its tables.

    PostgreSQL takes a second to drop a database, and some milliseconds to delete what a test wrote.
    """

    def __init__(self, server: URL, template: str) -> None:
        self._server = server
        self._template = template
        self._copy()

    def _copy(self) -> None:
        self._open = ExitStack()
        self.url = self._open.enter_context(scratch_postgres(self._server, self._template))
        self._connection = self._open.enter_context(server_connection(self.url))
        self._structure = self._connection.scalar(_STRUCTURE)

    def restore(self) -> None:
        """Restore its state, whoever is still connected."""
        try:
            _cut_off_others(self._connection)
            is_same = self._connection.scalar(_STRUCTURE) == self._structure
        except SQLAlchemyError:  # a test has cut off this connection
            is_same = False
        if is_same:
            _empty_tables(self._connection)
        else:
            self.close()
            self._copy()

    def close(self) -> None:
        self._open.close()


def drop_tables(url: URL) -> None:
    """Leave nothing in the database, whoever is still connected."""
    with server_connection(url) as connection:
        _cut_off_others(connection)
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


def _cut_off_others(connection: Connection) -> None:
    """End all other connections. PostgreSQL's own wait for that sleeps for 0.1 s at a time."""
    others = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    until = time.monotonic() + 5
    while connection.scalar(others) and time.monotonic() < until:
        time.sleep(0.005)


# Tables with rows that migrations write, and how these are made what they were.
_MIGRATED = {"alembic_version", "access_rule", "access_version"}
_AS_MIGRATED = text("""
    DELETE FROM access_rule WHERE id <> 1;
    UPDATE access_rule SET read_rank = 0, edit_rank = 2, note = '', set_by_id = NULL;
    UPDATE access_version SET number = 1;
    SELECT setval('access_rule_id_seq', 1, true)
""")


def _empty_tables(connection: Connection) -> None:
    """Delete every row but the migrations', in any order, and let numbers begin anew."""
    names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
    deletions = (f'DELETE FROM "{name}"' for name in names if name not in _MIGRATED)  # noqa: S608
    connection.execute(text("SET session_replication_role = replica"))  # foreign keys aren't asked
    connection.execute(text("; ".join(deletions)))
    connection.execute(
        text(
            "SELECT setval(quote_ident(sequencename)::regclass, start_value, false)"
            " FROM pg_sequences WHERE last_value IS NOT NULL"
        )
    )
    connection.execute(_AS_MIGRATED)


@contextmanager
def server_connection(url: URL) -> Iterator[Connection]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()

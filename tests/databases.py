"""Databases of tests: a copy of a migrated SQLite file, a scratch database on PostgreSQL."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
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
            with _server(url) as connection:
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
    with _server(server) as connection:
        copied = f' TEMPLATE "{template}"' if template else ""
        connection.execute(text(f'CREATE DATABASE "{name}"{copied}'))
    try:
        yield server.set(database=name)
    finally:
        with _server(server) as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


@contextmanager
def _server(url: URL) -> Iterator:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()

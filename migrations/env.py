"""Runs migrations on the application's own engine, SQLite and PostgreSQL alike."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from wiki.access import models as _access  # noqa: F401
from wiki.accounts import models as _accounts  # noqa: F401
from wiki.database import db
from wiki.files import models as _files  # noqa: F401
from wiki.identity import models as _identity  # noqa: F401
from wiki.pages import models as _pages  # noqa: F401
from wiki.search import models as _search  # noqa: F401

configure_args: dict[str, Any] = current_app.extensions["migrate"].configure_args


def run() -> None:
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            _run_on_sqlite(connection)
        else:
            # A migration waits for its locks as long as it takes.
            connection.execute(text("SET lock_timeout = 0"))
            _migrate(connection)
            connection.commit()


def _run_on_sqlite(connection: Connection) -> None:
    """Migrate with foreign keys off, and check them before committing.

    Batch mode rebuilds a table by copy and drop; with foreign keys on, the drop would cascade
    into the tables that refer to it. Inside a transaction the pragma does nothing.
    """
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        connection = connection.execution_options(write=True)
        with connection.begin():
            _migrate(connection)
            broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
            if broken:
                raise RuntimeError(f"The migration broke references: {broken[:5]}")
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        transaction_per_migration=False,
        **configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()


run()

"""Migrates the database to the schema of this version; fast if there is nothing to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from flask import Flask
from sqlalchemy import inspect, text

from wiki.app_state import settings_of
from wiki.config import resource_folder
from wiki.database.base import db
from wiki.instance.lock import take_file_lock

_LOCK = 0x6E65787573  # "nexus"; the advisory lock under which PostgreSQL is migrated


class SchemaMismatch(RuntimeError):
    """The schema belongs to another version of Nexus; the message says what to do."""


def head() -> str:
    """The id of the newest migration of this version."""
    return _known()[0]


@cache
def _known() -> tuple[str, frozenset[str]]:
    """The id of the newest migration and the ids of all, from the names of their files.

    Asking Alembic would cost 0.2 s and 10 MB at every start.
    """
    files = (resource_folder("migrations") / "versions").glob("*.py")
    numbers = frozenset(file.name.partition("_")[0] for file in files)
    return max(numbers), numbers


def current(app: Flask) -> str | None:
    """The id of the migration that the database is at; `None` if it is empty."""
    with app.app_context(), db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def is_newest(app: Flask) -> bool:
    """Whether the schema is up to date. Raises `SchemaMismatch` if a newer Nexus migrated it."""
    newest, revisions = _known()
    now = current(app)
    if now is not None and now not in revisions:
        raise SchemaMismatch(
            f"The database is at migration {now}, which this version of Nexus doesn’t know: "
            "a newer version wrote it. Run that version, or restore a backup."
        )
    return now == newest


def upgrade(app: Flask) -> bool:
    """Migrate to the newest schema; returns false if there was nothing to do.

    Several processes may start at once: one migrates, the others wait for it.
    Raises `SchemaMismatch`.
    """
    if is_newest(app):
        return False
    with _alone(app):
        if is_newest(app):
            return False
        from alembic import command  # noqa: PLC0415  # see `_known`

        init_migrations(app)
        with app.app_context():
            # Not Flask-Migrate's own `upgrade`, which ends the process on an error.
            command.upgrade(app.extensions["migrate"].migrate.get_config(), "head")
    return True


def require(app: Flask) -> None:
    """Create the tables of an empty database.

    Raises `SchemaMismatch` for an older schema instead of migrating it: an ordinary command must
    not migrate a database that another version may be serving.
    """
    if is_newest(app):
        return
    if current(app) is not None:
        raise SchemaMismatch(
            "The database is from an older version of Nexus. "
            "Make a backup, then migrate it: nexus init"
        )
    upgrade(app)


def init_migrations(app: Flask) -> None:
    """Set up Flask-Migrate, only in processes that migrate.

    It imports Alembic, which costs 0.2 s and 11 MB and is never needed by a web worker.
    """
    from flask_migrate import Migrate  # noqa: PLC0415

    folder = str(resource_folder("migrations"))
    Migrate(app, db, directory=folder, render_as_batch=True, compare_type=True)


@contextmanager
def _alone(app: Flask) -> Iterator[None]:
    """Hold a lock that keeps other processes from migrating the same database."""
    settings = settings_of(app)
    if settings.is_sqlite:
        with (settings.instance / "migrate.lock").open("w") as file:
            take_file_lock(file)
            yield
        return
    # On a connection of its own, since Alembic commits on the one it takes. Closing it would only
    # return it to the pool, still locked.
    with app.app_context(), db.engine.connect() as connection:
        # Wait for as long as the other process migrates.
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})

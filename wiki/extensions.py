"""One instance of each extension, bound to an application by `create_app`."""

import json
import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Flask, g, has_request_context
from flask.sessions import SecureCookieSessionInterface
from flask_babel import Babel
from flask_compress import Compress
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import DateTime, Dialect, Engine, MetaData, TypeDecorator, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm import registry as mapper_registry

from wiki.config import resource
from wiki.database_errors import coded_reason, outage_reason
from wiki.rate_limits import limiter as limiter  # noqa: PLC0414  # one of ours
from wiki.web.csrf import FormProtect
from wiki.web.signing import LenientSigner

LOCK_STEP = 0.002  # seconds between two attempts of a writer on SQLite
BUSY_TIMEOUT = 5_000  # milliseconds a writer waits for another one
CACHE = 512  # kB of each SQLite connection; the system keeps the file in memory anyway
# In WAL, NORMAL may lose acknowledged commits at a power cut.
SYNCHRONOUS = "FULL"

log = logging.getLogger(__name__)


class StorageUnavailable(RuntimeError):
    """The database can't take the write now.

    `reason` is `busy`, `read-only`, `full`, `damaged` or `offline`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UTCDateTime(TypeDecorator[datetime]):
    """Times in UTC on every database; SQLite would hand back naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Batch migrations on SQLite find a constraint by its name only.
_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    registry = mapper_registry(
        metadata=MetaData(naming_convention=_NAMES),
        type_annotation_map={datetime: UTCDateTime},
    )


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions, with one signer for all requests: making it takes longer than using it."""

    _signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._signer is None and (signer := super().get_signing_serializer(app)):
            signer.signer = LenientSigner
            self._signer = signer
        return self._signer


def read_json(stored: str | bytes) -> Any:
    """A value of a JSON column; lone surrogates, which SQLite once took in, become `?`."""
    # A page of results reads half a megabyte: the standard library takes three times as long.
    try:
        return orjson.loads(stored)
    except orjson.JSONDecodeError:
        text = json.dumps(json.loads(stored), ensure_ascii=False)
        return orjson.loads(text.encode(errors="replace"))


db = SQLAlchemy(model_class=Base, engine_options={"json_deserializer": read_json})
login_manager = LoginManager()
csrf = FormProtect()
babel = Babel()
compress = Compress()


def utcnow() -> datetime:
    return datetime.now(UTC)


@contextmanager
def write_transaction(patience: float = BUSY_TIMEOUT / 1000) -> Iterator[Session]:
    """One write transaction: committed when the block ends, rolled back when it raises.

    What was read before is forgotten, so that everything inside is read under the lock. Another
    writer is waited for `patience` seconds: who only reads has none.
    Raises `StorageUnavailable` when the database is busy, read-only, full, damaged or away.
    """
    session: Session = db.session()
    patience = _patience_left(patience)
    try:
        # SQLite upgrades a read to a write lock too late, and two readers would deadlock:
        # end the read, then take the lock at once.
        session.rollback()
        connection = session.connection(execution_options={"write": True, "patience": patience})
        if connection.dialect.name == "postgresql":
            # Of this transaction alone: a migration waits for its locks as long as it takes.
            # There, zero would be no limit.
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, round(patience * 1000))}")
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
    """Have what this transaction deletes overwritten with zeros, where that can be asked for."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA secure_delete=ON")


def _patience_left(patience: float) -> float:
    """None for a request that has waited in vain: its error page asks the database again."""
    return 0 if has_request_context() and g.get("waited_in_vain") else patience


def _note_in_vain(context: Any) -> None:
    error, connection = context.sqlalchemy_exception, context.connection
    if connection is None or not has_request_context() or not isinstance(error, DBAPIError):
        return
    # Who has no patience has not waited.
    if connection.get_execution_options().get("patience") != 0 and outage_reason(error) == "busy":
        g.waited_in_vain = True


def listen_to_engine(engine: Engine) -> None:
    """Set up every connection: nothing waits for a lock without end, whoever holds it, and one
    request waits in vain once."""
    event.listen(engine, "handle_error", _note_in_vain)
    if engine.dialect.name == "postgresql":
        _listen_to_postgresql(engine)
    else:
        _listen_to_sqlite(engine)


def _listen_to_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _limit(connection: Any, _record: Any) -> None:
        # In a transaction it would last as long as that; migrations take it back.
        connection.autocommit = True
        connection.execute(f"SET lock_timeout = {BUSY_TIMEOUT}")
        connection.autocommit = False

    @event.listens_for(engine, "begin")
    def _hurry(connection: Any) -> None:
        if not _patience_left(1):
            connection.exec_driver_sql("SET LOCAL lock_timeout = 1")

    @event.listens_for(engine, "handle_error")
    def _hide_values(context: Any) -> None:
        # "DETAIL: Key (email_key)=(somebody@example.org) already exists" is for no log.
        told = getattr(getattr(context.original_exception, "diag", None), "message_primary", None)
        if told:
            context.original_exception.args = (told,)
            if context.sqlalchemy_exception is not None:
                context.sqlalchemy_exception.args = (told,)


def _listen_to_sqlite(engine: Engine) -> None:

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        if mode != "wal" and not cursor.execute("PRAGMA query_only").fetchone()[0]:
            _try_wal(cursor)
        cursor.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA cache_size=-{CACHE}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if connection.get_execution_options().get("write"):
            _begin_write(connection)
        else:
            connection.exec_driver_sql("BEGIN")


def _begin_write(connection: Any) -> None:
    """Take the write lock, waiting in equal steps.

    SQLite's own steps grow to a tenth of a second: of several writers, the one that has waited
    longest would wait on while others come and go.
    """
    driver: sqlite3.Connection = connection.connection.driver_connection
    patience = connection.get_execution_options().get("patience", BUSY_TIMEOUT / 1000)
    until = time.monotonic() + patience
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
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails in SQLAlchemy's words
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")


def _try_wal(cursor: Any) -> None:
    # A read-only file can't be switched, and is readable all the same.
    with suppress(sqlite3.OperationalError):
        cursor.execute("PRAGMA journal_mode=WAL")


def init_migrations(app: Flask) -> None:
    """Set Flask-Migrate up where something migrates.

    It imports Alembic, 0.2 s and 11 MB that a web worker never needs.
    """
    from flask_migrate import Migrate  # noqa: PLC0415

    folder = str(resource("migrations"))
    Migrate(app, db, directory=folder, render_as_batch=True, compare_type=True)


def init_app(app: Flask) -> None:
    db.init_app(app)
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true":
        init_migrations(app)  # for `flask db`
    app.session_interface = Sessions()
    login_manager.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    babel.init_app(app)
    compress.init_app(app)
    with app.app_context():
        listen_to_engine(db.engine)

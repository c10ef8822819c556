"""A storage for the `limits` library in SQL, shared by all processes without another service.

On SQLite it is a separate file, so that counting and saving never wait for each other. It is not
synced to disk: after a power cut, counting starts again. On PostgreSQL it is an unlogged table in
the wiki's database, shared by all replicas.
"""

import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from limits.storage import MemoryStorage
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from wiki.database.errors import outage_reason

Answer = TypeVar("Answer")

LOCK_TIMEOUT = 2  # seconds
CLOCK_LEEWAY = 60  # seconds that the clock of another replica may be ahead
SWEEP_INTERVAL = 256  # on average, one attempt in so many deletes the expired rows
_LOCK = 0x6E786C  # the first key of the PostgreSQL advisory locks on rate limit keys

log = logging.getLogger(__name__)


def _table(*, is_sqlite: bool) -> Table:
    return Table(
        "rate_limit_hit",
        MetaData(),
        Column("number", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
        Column("key", String, nullable=False),
        Column("at", Float(53), nullable=False),  # seconds since 1970
        Column("until", Float(53), nullable=False, index=True),
        Index("ix_rate_limit_hit_key_at", "key", "at"),
        prefixes=[] if is_sqlite else ["UNLOGGED"],
    )


class SQLStorage(MemoryStorage):
    """Stores each attempt as a row. While the database fails, this process counts in memory."""

    STORAGE_SCHEME = ["sqlite", "postgresql+psycopg"]  # noqa: RUF012  # as its base has it

    def __init__(self, uri: str, wrap_exceptions: bool = False, **_options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._url = make_url(uri)
        self._is_sqlite = self._url.get_backend_name() == "sqlite"
        self._is_made = False
        self._hits = _table(is_sqlite=self._is_sqlite)
        if self._is_sqlite:
            self._engine = create_engine(
                self._url, connect_args={"timeout": LOCK_TIMEOUT}, hide_parameters=True
            )
            event.listen(self._engine, "do_connect", self._make_file)
            event.listen(self._engine, "connect", _set_pragmas)
            event.listen(self._engine, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
        else:
            self._engine = create_engine(
                self._url, pool_pre_ping=True, pool_size=1, max_overflow=3, hide_parameters=True
            )

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` attempts if the window of `expiry` seconds has room for all of them."""

        def acquire(connection: Connection) -> bool:
            self._lock(connection, key)
            now = time.time()
            if self._held(connection, key, now, expiry)[1] + amount > limit:
                return False
            row = {"key": key, "at": now, "until": now + expiry}
            connection.execute(insert(self._hits), [row] * amount)
            return True

        in_memory = super().acquire_entry
        return self._run(acquire, lambda: in_memory(key, limit, expiry, amount))

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """The time of the oldest attempt in the window (seconds since 1970), and their number."""
        now, in_memory = time.time(), super().get_moving_window
        return self._run(
            lambda connection: self._held(connection, key, now, expiry),
            lambda: in_memory(key, limit, expiry),
        )

    def release(self, key: str) -> None:
        """Delete the most recent attempt of `key`."""
        last = (
            select(self._hits.c.number)
            .where(self._hits.c.key == key)
            .order_by(self._hits.c.at.desc())
            .limit(1)
        )
        forget = delete(self._hits).where(self._hits.c.number == last.scalar_subquery())
        self._run(lambda connection: connection.execute(forget), lambda: None)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _held(self, connection: Connection, key: str, now: float, expiry: int) -> tuple[float, int]:
        at = self._hits.c.at
        # Ignore rows from the future: they were written while the clock was wrong.
        is_within = (at > now - expiry) & (at <= now + CLOCK_LEEWAY)
        query = select(func.min(at), func.count()).where(self._hits.c.key == key, is_within)
        first, count = connection.execute(query).one()
        return (first if count else now), count

    def _lock(self, connection: Connection, key: str) -> None:
        # On SQLite the transaction already holds the write lock.
        if not self._is_sqlite:
            wait = text("SELECT pg_advisory_xact_lock(:kind, hashtext(:key))")
            connection.execute(wait, {"kind": _LOCK, "key": key})

    def _run(self, ask: Callable[[Connection], Answer], ask_memory: Callable[[], Answer]) -> Answer:
        try:
            with self._connected() as connection:
                answer = ask(connection)
                if secrets.randbelow(SWEEP_INTERVAL) == 0:
                    connection.execute(delete(self._hits).where(self._hits.c.until < time.time()))
        except SQLAlchemyError as error:
            log.warning("limits are counted in memory for now: %s", error)
            self._mend(error)
            return ask_memory()
        return answer

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            if not self._is_made:
                self._make(connection)
            yield connection

    def _make(self, connection: Connection) -> None:
        if not self._is_sqlite:
            # CREATE TABLE IF NOT EXISTS fails if two processes run it at once.
            connection.execute(text("SELECT pg_advisory_xact_lock(:kind, 0)"), {"kind": _LOCK})
        self._hits.metadata.create_all(connection)
        self._is_made = True

    def _make_file(self, *_connecting: Any) -> None:
        # Other users of the machine must not be able to read it.
        with suppress(OSError):
            Path(self._url.database or "").touch(mode=0o600)

    def _mend(self, error: SQLAlchemyError) -> None:
        """After an error: delete the SQLite file if it is damaged, so that a new one is created."""
        self._is_made = False
        is_damaged = isinstance(error, DBAPIError) and outage_reason(error) == "damaged"
        if self._is_sqlite and is_damaged:
            self._engine.dispose()
            for ending in ("", "-wal", "-shm"):
                with suppress(OSError):
                    Path(f"{self._url.database}{ending}").unlink()


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins no transaction itself
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")

"""Failures of a database are recognized by codes, whatever language it speaks."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from wiki.database.errors import coded_reason, outage_reason


def of_postgres(state: str | None, words: str) -> DBAPIError:
    kind = psycopg.errors.lookup(state) if state else psycopg.OperationalError
    return wrapped(kind(words))


def of_sqlite(code: int, words: str, kind: type = sqlite3.OperationalError) -> DBAPIError:
    error = kind(words)
    error.sqlite_errorcode = code
    return wrapped(error)


def wrapped(error: Exception) -> DBAPIError:
    """As SQLAlchemy hands it on."""
    module = psycopg if isinstance(error, psycopg.Error) else sqlite3
    return DBAPIError.instance("SELECT 1", {}, error, module.Error)


@pytest.mark.parametrize(
    ("state", "words", "reason"),
    [
        ("55P03", "storniere Anfrage wegen Zeitüberschreitung der Sperre", "busy"),
        ("40P01", "interblocage (deadlock) détecté", "busy"),
        ("57014", "annulation de la requête à cause du délai écoulé", "busy"),
        ("53100", "konnte Datei »base/5/1« nicht erweitern: Auf dem Gerät ist voll", "full"),
        (
            "25006",
            "INSERT kann nicht in einer Nur-Lesen-Transaktion ausgeführt werden",
            "read-only",
        ),
        ("XX001", "page invalide dans le bloc 7 de la relation", "damaged"),
        (
            "57P01",
            "Verbindung wird abgebrochen aufgrund von Anweisung des Administrators",
            "offline",
        ),
        (None, "connexion refusée", "offline"),
        # Words of a column, a value or a table never decide.
        ("23505", 'key "locked" already exists: the disk is full, readonly', None),
        ("42P01", 'relation "busy" does not exist', None),
        ("22001", "value too long for read-only", None),
        ("54000", "index row size 2800 exceeds btree maximum 2704", None),
    ],
)
def test_postgresql_is_understood_in_every_language(state, words, reason):
    assert outage_reason(of_postgres(state, words)) == reason


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "busy"),
        (sqlite3.SQLITE_LOCKED_SHAREDCACHE, "busy"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "read-only"),
        (sqlite3.SQLITE_FULL, "full"),
        (sqlite3.SQLITE_IOERR_SHMSIZE, "full"),
        (sqlite3.SQLITE_IOERR_READ, "damaged"),
        (sqlite3.SQLITE_CORRUPT_INDEX, "damaged"),
        (sqlite3.SQLITE_NOTADB, "damaged"),
        (sqlite3.SQLITE_CANTOPEN, "offline"),
        (sqlite3.SQLITE_ERROR, None),
    ],
)
def test_sqlite_is_understood_by_its_codes(code, reason):
    assert outage_reason(of_sqlite(code, "no such table: locked_full_readonly")) == reason


def test_an_error_without_a_code_isn_t_read():
    assert outage_reason(wrapped(sqlite3.ProgrammingError("database is locked"))) is None
    assert coded_reason(None) is None


def test_real_errors_carry_their_codes(tmp_path: Path):
    file = tmp_path / "some.sqlite3"
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 0})
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("CREATE TABLE locked (id)")
        other.execute("BEGIN EXCLUSIVE")
        with engine.connect() as connection, pytest.raises(DBAPIError) as busy:
            connection.execute(text("SELECT * FROM locked"))
    with engine.connect() as connection, pytest.raises(DBAPIError) as wrong:
        connection.execute(text("SELECT full FROM locked"))
    engine.dispose()
    file.write_bytes(b"no database" * 100)
    with engine.connect() as connection, pytest.raises(DBAPIError) as damaged:
        connection.execute(text("SELECT * FROM locked"))
    reasons = [outage_reason(raised.value) for raised in (busy, wrong, damaged)]
    assert reasons == ["busy", None, "damaged"]

"""Finds out from error codes why a database can't be used.

The texts of errors are no help: PostgreSQL writes them in the language of `lc_messages`.
Sources: SQLite's result codes (sqlite.org/rescode.html), and "PostgreSQL Error Codes", appendix A
of its manual.
"""

import sqlite3

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InternalError,
    NotSupportedError,
    ProgrammingError,
)

_SQLITE = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_PROTOCOL: "busy",  # too many connections began at once
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_IOERR: "full",  # reported for the shared memory and the WAL on a full disk
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
}
_SQLITE_EXTENDED = {
    sqlite3.SQLITE_IOERR_READ: "damaged",
    sqlite3.SQLITE_IOERR_SHORT_READ: "damaged",
    sqlite3.SQLITE_IOERR_CORRUPTFS: "damaged",
}
_SQLITE_MISTAKES = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_SCHEMA)
_SQLSTATES = {
    "25006": "read-only",  # read_only_sql_transaction
    "40001": "busy",  # serialization_failure
    "40P01": "busy",  # deadlock_detected
    "53100": "full",  # disk_full
    "55P03": "busy",  # lock_not_available
    "57014": "busy",  # query_canceled, by a statement timeout
    "XX001": "damaged",  # data_corrupted
    "XX002": "damaged",  # index_corrupted
}
_TOO_MUCH = "54"  # the class program_limit_exceeded: a statement or a value is too large
# Caused by the statement or its values; all other errors have a cause outside of the program.
_MISTAKES = (DataError, IntegrityError, InternalError, NotSupportedError, ProgrammingError)


class StorageUnavailable(RuntimeError):
    """The database can't take the write now.

    `reason` is `busy`, `read-only`, `full`, `damaged` or `offline`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def outage_reason(error: DBAPIError) -> str | None:
    """`busy`, `read-only`, `full`, `damaged` or `offline`; `None` if the statement is at fault."""
    reason = coded_reason(error.orig)
    if reason is not None:
        return reason
    return None if isinstance(error, _MISTAKES) or _is_mistake(error.orig) else "offline"


def coded_reason(error: BaseException | None) -> str | None:
    """The reason for a driver's own error by its code; `None` if the code stands for none."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE_EXTENDED.get(code) or _SQLITE.get(code & 0xFF)  # the primary code
    return _SQLSTATES.get(getattr(error, "sqlstate", None) or "")


def _is_mistake(error: BaseException | None) -> bool:
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in _SQLITE_MISTAKES:
        return True
    return (getattr(error, "sqlstate", None) or "").startswith(_TOO_MUCH)

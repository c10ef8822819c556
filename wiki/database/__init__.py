"""The database: base class and column types, write transactions, errors by code, migrations."""

from wiki.database.base import CLOCK_LEEWAY, Base, UTCDateTime, db, utcnow
from wiki.database.batches import in_batches
from wiki.database.change_watch import ChangeWatch
from wiki.database.dialects import insert_into, is_postgresql, is_sqlite
from wiki.database.errors import StorageUnavailable
from wiki.database.records import fetch_records, select_record
from wiki.database.transactions import FOR_CHANGE, overwrite_deleted, write_transaction

__all__ = [
    "CLOCK_LEEWAY",
    "FOR_CHANGE",
    "Base",
    "ChangeWatch",
    "StorageUnavailable",
    "UTCDateTime",
    "db",
    "fetch_records",
    "in_batches",
    "insert_into",
    "is_postgresql",
    "is_sqlite",
    "overwrite_deleted",
    "select_record",
    "utcnow",
    "write_transaction",
]

"""The database: base class and column types, write transactions, errors by code, migrations."""

from wiki.database.base import Base, UTCDateTime, db, utcnow
from wiki.database.batches import in_batches
from wiki.database.dialects import insert_into, is_postgresql, is_sqlite
from wiki.database.errors import StorageUnavailable
from wiki.database.transactions import overwrite_deleted, write_transaction

__all__ = [
    "Base",
    "StorageUnavailable",
    "UTCDateTime",
    "db",
    "in_batches",
    "insert_into",
    "is_postgresql",
    "is_sqlite",
    "overwrite_deleted",
    "utcnow",
    "write_transaction",
]

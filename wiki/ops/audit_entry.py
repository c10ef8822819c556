"""Entries of the audit log about the whole database: backed up, restored."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

LOCK_TIMEOUT = 5  # seconds to wait for another writer
# Only columns that the log has had from the beginning: the file may not be migrated yet.
_INSERT = "INSERT INTO audit_event (at, action, subject) VALUES (?, ?, '')"


def log_in_file(database: Path, action: str) -> bool:
    """Add an event to the audit log in an SQLite file; false if that isn't possible."""
    at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    uri = f"{database.resolve().as_uri()}?mode=rw"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=LOCK_TIMEOUT)) as file, file:
            file.execute(_INSERT, (at, action))
    except sqlite3.Error:
        return False
    return True

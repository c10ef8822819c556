"""The contents of a mirror: a small database beside its packs, updated atomically with them."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from wiki.git.mirror.items import BEGINNING, MirrorProgress
from wiki.search.position import Position

STATE_FILE = "nexus.sqlite3"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS item (
    seq INTEGER PRIMARY KEY, kind TEXT, id INTEGER, owner INTEGER, page INTEGER, latest TEXT,
    fingerprint BLOB, name TEXT, blob BLOB, "commit" BLOB UNIQUE
);
CREATE INDEX IF NOT EXISTS item_name ON item (name);
CREATE INDEX IF NOT EXISTS item_id ON item (kind, id);
CREATE INDEX IF NOT EXISTS item_owner ON item (kind, owner);
CREATE TABLE IF NOT EXISTS pack (
    first INTEGER PRIMARY KEY, last INTEGER, name TEXT, objects INTEGER
);
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT);
"""


class MirroredItem(NamedTuple):
    """A mirrored commit: the path of its file, if it has one, and the file’s blob."""

    seq: int
    kind: str
    id: int
    owner: int
    page: int | None
    latest: str
    fingerprint: bytes
    name: str | None
    blob: bytes | None
    commit: bytes


class MirroredPack(NamedTuple):
    """A pack with the commits from `first` to `last`, and its number of objects."""

    first: int
    last: int
    name: str
    objects: int


@dataclass(frozen=True, slots=True)
class OutboxProgress:
    """The position in the outbox, the version of the access rules, and the time of the last
    comparison.

    `is_complete` is false while the mirror is made for the first time or made again.
    """

    transaction: int = 0
    number: int = 0
    access_version: int = -1
    compared_at: float = 0.0
    is_complete: bool = False

    @property
    def position(self) -> Position:
        return Position(self.transaction, self.number)


class MirrorState:
    """Valid inside the context that `open_state` provides."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @contextmanager
    def change(self) -> Iterator[None]:
        """All changes made in this context are stored at once, or not at all."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()

    def outbox_progress(self) -> OutboxProgress:
        rows = dict(self._connection.execute("SELECT name, value FROM state"))
        if not rows:
            return OutboxProgress()
        return OutboxProgress(
            int(rows["transaction"]),
            int(rows["number"]),
            int(rows["access_version"]),
            float(rows["compared_at"]),
            rows["is_complete"] == "True",
        )

    def set_outbox_progress(self, followed: OutboxProgress) -> None:
        rows = [(name, str(value)) for name, value in asdict(followed).items()]
        self._connection.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", rows)

    def items(self, first: int = 1) -> Iterator[MirroredItem]:
        query = "SELECT * FROM item WHERE seq >= ? ORDER BY seq"
        return map(MirroredItem._make, self._connection.execute(query, (first,)))

    def last(self) -> MirroredItem | None:
        row = self._connection.execute("SELECT * FROM item ORDER BY seq DESC LIMIT 1").fetchone()
        return MirroredItem._make(row) if row else None

    def of_commit(self, commit: bytes) -> MirroredItem | None:
        query = 'SELECT * FROM item WHERE "commit" = ?'
        row = self._connection.execute(query, (commit,)).fetchone()
        return MirroredItem._make(row) if row else None

    def has_revision(self, id_: int) -> bool:
        query = "SELECT 1 FROM item WHERE kind = 'revision' AND id = ?"
        return self._connection.execute(query, (id_,)).fetchone() is not None

    def page_at(self, name: str, seq: int) -> MirroredItem | None:
        """The revision in the file `name` at commit `seq`."""
        query = """
            SELECT * FROM item AS last WHERE kind = 'revision' AND name = ? AND seq <= ?
            AND seq = (SELECT max(seq) FROM item
                       WHERE kind = 'revision' AND owner = last.owner AND seq <= ?)
        """
        row = self._connection.execute(query, (name, seq, seq)).fetchone()
        return MirroredItem._make(row) if row else None

    def page_as_of(self, page_id: int, seq: int) -> MirroredItem | None:
        """The last revision of a page at commit `seq`."""
        query = "SELECT * FROM item WHERE kind = 'revision' AND owner = ? AND seq <= ?"
        return self._last(query, (page_id, seq))

    def file_at(self, name: str, seq: int) -> MirroredItem | None:
        """The last version of a file at the path `name` at commit `seq`."""
        query = "SELECT * FROM item WHERE kind = 'file' AND name = ? AND seq <= ?"
        return self._last(query, (name, seq))

    def _last(self, query: str, values: tuple[object, ...]) -> MirroredItem | None:
        rows = self._connection.execute(f"{query} ORDER BY seq DESC LIMIT 1", values)
        return next(map(MirroredItem._make, rows), None)

    def commits(self, first: int) -> list[bytes]:
        """The ids of the commits from number `first` on, oldest first."""
        query = 'SELECT "commit" FROM item WHERE seq >= ? ORDER BY seq'
        return [row[0] for row in self._connection.execute(query, (first,))]

    def packs(self) -> list[MirroredPack]:
        rows = self._connection.execute("SELECT * FROM pack ORDER BY first")
        return [MirroredPack._make(row) for row in rows]

    def reached(self, before: int = 2**62) -> MirrorProgress:
        """How far items are mirrored, counting commits before the number `before`."""
        query = "SELECT kind, max(id) FROM item WHERE seq < ? GROUP BY kind"
        largest = dict(self._connection.execute(query, (before,)))
        query = "SELECT * FROM item WHERE seq < ? ORDER BY seq DESC LIMIT 1"
        last = next(map(MirroredItem._make, self._connection.execute(query, (before,))), None)
        latest = datetime.fromisoformat(last.latest) if last else BEGINNING
        return MirrorProgress(largest.get("revision", 0), largest.get("file", 0), latest)

    def add(self, items: Sequence[MirroredItem], pack: MirroredPack) -> None:
        marks = ", ".join("?" * len(MirroredItem._fields))
        self._connection.executemany(f"INSERT INTO item VALUES ({marks})", items)  # noqa: S608
        self._connection.execute("INSERT INTO pack VALUES (?, ?, ?, ?)", pack)

    def replace_packs(self, pack: MirroredPack) -> None:
        """Replace the packs whose commits `pack` holds."""
        self._connection.execute("DELETE FROM pack WHERE first >= ?", (pack.first,))
        self._connection.execute("INSERT INTO pack VALUES (?, ?, ?, ?)", pack)

    def cut(self, first: int) -> None:
        """Remove the commits from number `first` on, and their packs."""
        self._connection.execute("DELETE FROM item WHERE seq >= ?", (first,))
        self._connection.execute("DELETE FROM pack WHERE last >= ?", (first,))


@contextmanager
def open_state(folder: Path) -> Iterator[MirrorState]:
    """The state of the mirror in `folder`; created if it is missing."""
    connection = sqlite3.connect(folder / STATE_FILE, isolation_level=None, timeout=10)
    with closing(connection):
        # Overwrite deleted rows: their names may be erased text.
        connection.execute("PRAGMA secure_delete=ON")
        connection.executescript(_SCHEMA)
        yield MirrorState(connection)

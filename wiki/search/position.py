"""Positions in the outbox: how far an index has read. `wiki.search.outbox` defines their order."""

from typing import NamedTuple


class Position(NamedTuple):
    """The last entry that was read: its writing transaction (0 on SQLite), then its number."""

    transaction: int = 0
    number: int = 0

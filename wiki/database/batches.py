"""Splits many ids or keys into batches that fit into one SQL statement."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

BATCH = 450  # values; a statement may bind them twice, and older SQLite allows 999

T = TypeVar("T")


def in_batches(values: Iterable[T]) -> Iterator[list[T]]:
    """The distinct values in batches that fit one statement."""
    different = list(dict.fromkeys(values))
    for start in range(0, len(different), BATCH):
        yield different[start : start + BATCH]

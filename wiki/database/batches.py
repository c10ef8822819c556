"""Many ids or keys, split into batches that fit a statement."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

BATCH = 450  # values that a statement may use twice: older SQLite binds 999 at most

T = TypeVar("T")


def in_batches(values: Iterable[T]) -> Iterator[list[T]]:
    """The distinct values in batches that fit one statement."""
    different = list(dict.fromkeys(values))
    for start in range(0, len(different), BATCH):
        yield different[start : start + BATCH]

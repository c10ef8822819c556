"""Many ids or keys, some to a statement."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

BATCH = 450  # values that a statement is asked for, also twice: SQLite bound 999 at most for long

T = TypeVar("T")


def in_batches(values: Iterable[T]) -> Iterator[list[T]]:
    """Different values in portions that one statement can be asked for."""
    different = list(dict.fromkeys(values))
    for start in range(0, len(different), BATCH):
        yield different[start : start + BATCH]

"""Many ids or keys, a few to a statement."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

BATCH = 500  # values in one statement; SQLite took 999 parameters at most for long

T = TypeVar("T")


def in_batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """`values` in parts that one statement can be asked for."""
    return (values[start : start + BATCH] for start in range(0, len(values), BATCH))

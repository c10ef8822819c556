"""Many ids or keys, some to a statement."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

BATCH = 5_000  # values that a statement asks for; SQLite binds 32,766, PostgreSQL 65,535

T = TypeVar("T")


def in_batches(values: Iterable[T], size: int | None = None) -> Iterator[list[T]]:
    """Different values in portions of `size`, or of what a statement can be asked for twice."""
    different, step = list(dict.fromkeys(values)), size or BATCH
    for start in range(0, len(different), step):
        yield different[start : start + step]

"""A cache with a limit on the size of its values."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class SizedCache(Generic[V]):
    """A mapping that drops the least recently used values, but never the newest.

    `limit` bounds the sum of their sizes, which `size_of` returns. Thread-safe.
    """

    def __init__(self, limit: int, size_of: Callable[[V], int]) -> None:
        self._limit = limit
        self._size_of = size_of
        self.clear()

    def clear(self) -> None:
        """Remove everything; also usable after a fork, when the lock may never be released."""
        self._lock = Lock()
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable) -> V | None:
        """The value of the key, which becomes the most recently used; `None` if there is none."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: Hashable, value: V) -> None:
        """Store a value, and drop the least recently used ones until the limit holds.

        A single value is kept however large it is.
        """
        with self._lock:
            if (former := self._values.pop(key, None)) is not None:
                self._size -= self._size_of(former)
            self._values[key] = value
            self._size += self._size_of(value)
            while self._size > self._limit and len(self._values) > 1:
                self._size -= self._size_of(self._values.popitem(last=False)[1])

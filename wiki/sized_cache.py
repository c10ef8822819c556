"""A cache that is bounded by the size of what it holds."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class SizedCache(Generic[V]):
    """Values by key, the least recently used going first; the newest stays whatever its size.

    `limit` is that of the sum of their sizes, which `size_of` tells. Safe to share by threads.
    """

    def __init__(self, limit: int, size_of: Callable[[V], int]) -> None:
        self._limit = limit
        self._size_of = size_of
        self.clear()

    def clear(self) -> None:
        """Forget everything; also after a fork, when the lock may be held by nobody."""
        self._lock = Lock()
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable) -> V | None:
        """The value of the key, now the most recently used; `None` if it isn't there."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: Hashable, value: V) -> None:
        """Keep a value, and drop those that were used longest ago until the limit holds.

        One value alone is kept however large it is.
        """
        with self._lock:
            if (former := self._values.pop(key, None)) is not None:
                self._size -= self._size_of(former)
            self._values[key] = value
            self._size += self._size_of(value)
            while self._size > self._limit and len(self._values) > 1:
                self._size -= self._size_of(self._values.popitem(last=False)[1])

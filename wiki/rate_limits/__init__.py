"""Rate limits, counted in one place for all processes.

An attempt is counted before it is made, and given back afterwards if it should not count. Counting
it afterwards would let any number of simultaneous attempts pass.
"""

import logging
import math
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from flask_limiter import Limiter
from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from wiki.rate_limits.keys import address_key
from wiki.rate_limits.storage import SQLStorage

__all__ = ["Attempt", "LimitReached", "SQLStorage", "address_key", "count_attempt", "limiter"]


class ViewLimiter(Limiter):
    """Flask-Limiter for decorated views only, without any cost for the others."""

    def _check_request_limit(
        self, callable_name: str | None = None, in_middleware: bool = True
    ) -> None:
        # Flask-Limiter would look for application-wide limits here; there are none.
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


log = logging.getLogger(__name__)
_IN_MEMORY = MovingWindowRateLimiter(MemoryStorage())

limiter = ViewLimiter(key_func=address_key, strategy="moving-window")


class LimitReached(Exception):
    """A limit is reached; `wait` is the number of seconds until the next attempt is allowed.

    `what` selects the message: `tries`, `saves`, `texts` or `costs`.
    """

    def __init__(self, wait: float, what: str = "tries") -> None:
        self.what = what
        self.wait = max(1, math.ceil(wait))
        super().__init__(f"wait {self.wait} s")


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted."""

    counted: Sequence[tuple[RateLimitItem, str]] = ()

    def give_back(self) -> None:
        """Uncount this attempt, since it turned out not to be limited."""
        for item, key in self.counted:
            # Other storages cannot uncount an attempt: there, every attempt counts.
            if isinstance(limiter.storage, SQLStorage):
                limiter.storage.release(item.key_for(key))


def count_attempt(limits: str, *key: object, what: str = "tries") -> Attempt:
    """Count an attempt of `key` under `limits`, such as "5 per minute; 20 per hour".

    It is counted under all of them or none. Raises `LimitReached`, with the seconds until all
    limits allow another attempt.
    """
    if not limiter.enabled:
        return Attempt()
    name = "/".join(map(str, key))
    counted: list[tuple[RateLimitItem, str]] = []
    for item in _items(limits):
        if not _hit(item, name):
            Attempt(counted).give_back()
            with suppress(StorageError):
                raise LimitReached(_wait(_items(limits), name), what)
            raise LimitReached(item.get_expiry(), what)
        counted.append((item, name))
    return Attempt(counted)


def _hit(item: RateLimitItem, name: str) -> bool:
    """Count an attempt; false if the limit is reached. In this process only while Redis is down."""
    try:
        return limiter.limiter.hit(item, name)
    except StorageError as error:
        log.warning("the store of rate limits failed: %s", error)
        return _IN_MEMORY.hit(item, name)


def _wait(items: Iterable[RateLimitItem], name: str) -> float:
    waits = [0.0]
    for item in items:
        stats = limiter.limiter.get_window_stats(item, name)
        if stats.remaining <= 0:
            waits.append(stats.reset_time - time.time())
    return max(waits)


@lru_cache(maxsize=64)
def _items(limits: str) -> list[RateLimitItem]:
    return parse_many(limits)

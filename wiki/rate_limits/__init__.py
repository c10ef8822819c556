"""Rate limits, counted in one place for all processes, before the attempt that they limit.

Where an attempt that succeeds shouldn't count, it is counted first and given back afterwards:
counted afterwards, any number of simultaneous attempts would pass.
"""

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask_limiter import Limiter
from limits import RateLimitItem, parse_many

from wiki.rate_limits.keys import address_key
from wiki.rate_limits.storage import SQLStorage

__all__ = ["Attempt", "LimitReached", "SQLStorage", "address_key", "count_attempt", "limiter"]


class ViewLimiter(Limiter):
    """Limits the views that ask for it, without a cost for the others."""

    def _check_request_limit(
        self, callable_name: str | None = None, in_middleware: bool = True
    ) -> None:
        # Before each request it would look for application-wide limits, of which there are none.
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


limiter = ViewLimiter(key_func=address_key, strategy="moving-window")


class LimitReached(Exception):
    """A limit is reached; `wait` is the number of seconds until the next attempt is allowed.

    `what` is limited: `tries`, `saves`, `texts`, or `costs`.
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
        """Take it back from the count: it wasn't one of those that are limited."""
        for item, key in self.counted:
            # Other stores can't take anything back: there, every attempt counts.
            if isinstance(limiter.storage, SQLStorage):
                limiter.storage.release(item.key_for(key))


def count_attempt(limits: str, *key: object, what: str = "tries") -> Attempt:
    """Count an attempt of `key` under `limits`, such as "5 per minute; 20 per hour".

    Under all of them or none. Raises `LimitReached` with the wait until all of them allow it.
    """
    if not limiter.enabled:
        return Attempt()
    name = "/".join(map(str, key))
    counted: list[tuple[RateLimitItem, str]] = []
    for item in _items(limits):
        if not limiter.limiter.hit(item, name):
            Attempt(counted).give_back()
            raise LimitReached(_wait(_items(limits), name), what)
        counted.append((item, name))
    return Attempt(counted)


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

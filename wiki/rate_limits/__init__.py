"""How often somebody may try: counted in one place for all processes, before the check.

Where a try that succeeds costs nothing, it is counted first and given back afterwards: what is
counted afterwards lets through as many as come at once.
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
    """Limits the views that ask for it, and takes no time of the others."""

    def _check_request_limit(
        self, callable_name: str | None = None, in_middleware: bool = True
    ) -> None:
        # Before each request it would look for limits of the whole application: there are none.
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


limiter = ViewLimiter(key_func=address_key, strategy="moving-window")


class LimitReached(Exception):
    """Somebody tried too often; `wait` is the number of seconds until the next try counts.

    `what` is limited: `tries`, `saves` or `texts`.
    """

    def __init__(self, wait: float, what: str = "tries") -> None:
        self.what = what
        self.wait = max(1, math.ceil(wait))
        super().__init__(f"wait {self.wait} s")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that was counted."""

    counted: Sequence[tuple[RateLimitItem, str]] = ()

    def give_back(self) -> None:
        """Count it no longer: it was none of those that are limited."""
        for item, key in self.counted:
            # Other stores than ours take nothing back: there, every try counts.
            if isinstance(limiter.storage, SQLStorage):
                limiter.storage.release(item.key_for(key))


def count_attempt(limits: str, *key: object, what: str = "tries") -> Attempt:
    """Count a try of `key` under `limits`, such as "5 per minute; 20 per hour".

    All of them or none. Raises `LimitReached` with the wait after which all of them allow it.
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

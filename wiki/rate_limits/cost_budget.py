"""Budgets of processor time for the responses to one kind of client.

A limit on the number of requests treats a page of ten milliseconds like one of two seconds; here
each response costs the processor time that it took. Budgets are kept in memory and per process:
they protect the process, and refusing a request must cost nothing.

Source: the token bucket of J. Turner, "New directions in communications", IEEE Communications
Magazine 24 (10), 1986.
"""

import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

SLOT_WAIT = 1.0  # seconds after which a slot is likely to be free
MAX_NETWORKS = 4096  # remembered per budget; a forgotten one starts with a full budget


class OverBudget(Exception):
    """The budget is used up; `wait` is the number of seconds until there is some again.

    `is_own`: the client's own network has used up its part.
    """

    def __init__(self, wait: float, *, is_own: bool = False) -> None:
        super().__init__(wait)
        self.wait = max(1, math.ceil(wait))
        self.is_own = is_own


@dataclass(frozen=True, slots=True)
class Allowance:
    """Processor seconds per second (`share`), and the most that can be saved up (`burst`)."""

    share: float
    burst: float


@dataclass(slots=True)
class _Bucket:
    left: float  # processor seconds; negative after a response that took more than was left
    at: float  # monotonic time of the last refill

    def refill(self, allowance: Allowance) -> float:
        now = time.monotonic()
        self.left = min(allowance.burst, self.left + (now - self.at) * allowance.share)
        self.at = now
        return self.left


class CostBudget:
    """The budget of all clients together and of each network; `slots` responses at a time."""

    def __init__(self, everybody: Allowance, network: Allowance, slots: int) -> None:
        self._everybody, self._network = everybody, network
        self._slots = threading.Semaphore(slots)
        self._lock = threading.Lock()
        self._total = _Bucket(everybody.burst, time.monotonic())
        self._networks: OrderedDict[str, _Bucket] = OrderedDict()

    def enter(self, network: str) -> None:
        """Begin a response; the caller must call `leave` at its end. Raises `OverBudget`."""
        with self._lock:
            self._check(network)
        # Waiting for a slot would occupy a thread that readers need.
        if not self._slots.acquire(blocking=False):
            raise OverBudget(SLOT_WAIT)

    def leave(self, network: str, cost: float) -> None:
        """End a response and charge its `cost`, in processor seconds."""
        self._slots.release()
        self.charge(network, cost)

    def charge(self, network: str, cost: float) -> None:
        """Charge a further `cost`, in processor seconds."""
        with self._lock:
            self._total.left -= cost
            self._bucket(network).left -= cost

    def seconds_to_wait(self) -> float:
        """Seconds until the shared budget allows another response; 0 if it does now."""
        with self._lock:
            left = self._total.refill(self._everybody)
        return 0.0 if left > 0 else max(1e-9, -left / self._everybody.share)

    def _check(self, network: str) -> None:
        if (own := self._bucket(network).refill(self._network)) <= 0:
            raise OverBudget(-own / self._network.share, is_own=True)
        if (left := self._total.refill(self._everybody)) <= 0:
            raise OverBudget(-left / self._everybody.share)

    def _bucket(self, network: str) -> _Bucket:
        bucket = self._networks.get(network)
        if bucket is None:
            bucket = _Bucket(self._network.burst, time.monotonic())
            self._networks[network] = bucket
            if len(self._networks) > MAX_NETWORKS:
                self._networks.popitem(last=False)
        self._networks.move_to_end(network)
        return bucket

"""Budgets of processor time: what answers to one kind of client may cost this process.

A limit on requests treats a page of ten milliseconds like one of two seconds; here each answer
costs what it took. Kept in memory and for each process, since it is the process that is protected,
and since a refusal must cost nothing.

Source: the token bucket of J. Turner, "New directions in communications", IEEE Communications
Magazine 24 (10), 1986.
"""

import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

SLOT_WAIT = 1.0  # seconds after which a slot is likely to be free
MAX_NETWORKS = 4096  # kept for each budget; whoever is forgotten begins afresh


class OverBudget(Exception):
    """The answer would cost too much now; `wait` is the number of seconds until it doesn't.

    `is_own` if this network alone used up its part.
    """

    def __init__(self, wait: float, *, is_own: bool = False) -> None:
        super().__init__(wait)
        self.wait = max(1, math.ceil(wait))
        self.is_own = is_own


@dataclass(frozen=True, slots=True)
class Allowance:
    """Seconds of a processor for each that passes (`share`), and after a pause (`burst`)."""

    share: float
    burst: float


@dataclass(slots=True)
class _Bucket:
    left: float  # seconds; below zero after an answer that took longer
    at: float  # when it was refilled

    def refill(self, allowance: Allowance) -> float:
        now = time.monotonic()
        self.left = min(allowance.burst, self.left + (now - self.at) * allowance.share)
        self.at = now
        return self.left


class CostBudget:
    """What all clients together, and each network of them, may cost; `slots` at the same time."""

    def __init__(self, everybody: Allowance, network: Allowance, slots: int) -> None:
        self._everybody, self._network = everybody, network
        self._slots = threading.Semaphore(slots)
        self._lock = threading.Lock()
        self._total = _Bucket(everybody.burst, time.monotonic())
        self._networks: OrderedDict[str, _Bucket] = OrderedDict()

    def enter(self, network: str) -> None:
        """Begin an answer; `leave` must follow. Raises `OverBudget`."""
        with self._lock:
            self._check(network)
        # Whoever waited for a slot would hold a thread that readers need.
        if not self._slots.acquire(blocking=False):
            raise OverBudget(SLOT_WAIT)

    def leave(self, network: str, cost: float) -> None:
        """End the answer, and pay for it: `cost` in seconds of a processor."""
        self._slots.release()
        self.charge(network, cost)

    def charge(self, network: str, cost: float) -> None:
        """Pay for more than that: `cost` in seconds of a processor."""
        with self._lock:
            self._total.left -= cost
            self._bucket(network).left -= cost

    def seconds_to_wait(self) -> float:
        """Until all clients together may begin another answer; at most 0 if they may now."""
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

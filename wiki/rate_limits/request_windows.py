"""Counts the requests of each client to this process, in windows of a minute.

Counts are kept in memory: counting each read in a store for all processes would take as long as the
read itself.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

WINDOW = 60  # seconds
MAX_CLIENTS = 4096  # remembered; a forgotten one starts a new window


@dataclass(frozen=True, slots=True)
class RequestWindow:
    """How many requests a client has left, and the seconds until its window ends.

    If `left` is negative, the request exceeded the limit.
    """

    limit: int
    left: int
    seconds: float


class RequestWindows:
    """The windows of all clients; each begins with the client's first request. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Start, number of requests.
        self._clients: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def count(self, client: str, limit: int) -> RequestWindow:
        """Count a request of `client`; `limit` is the number of requests allowed per window."""
        now = time.monotonic()
        with self._lock:
            since, made = self._clients.pop(client, (now, 0))
            if now - since >= WINDOW:
                since, made = now, 0
            self._clients[client] = since, made + 1
            if len(self._clients) > MAX_CLIENTS:
                self._clients.popitem(last=False)
        return RequestWindow(limit, limit - made - 1, since + WINDOW - now)

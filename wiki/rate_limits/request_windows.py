"""How many requests a client has made of this process lately, in windows of a minute.

In memory: to count what is read in a place for all processes would take as long as to read it.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

WINDOW = 60  # seconds
MAX_CLIENTS = 4096  # whoever is forgotten begins afresh


@dataclass(frozen=True, slots=True)
class RequestWindow:
    """What is left of a client's limit, and seconds until all of it is there again.

    A request was one too many if less than nothing is left.
    """

    limit: int
    left: int
    seconds: float


class RequestWindows:
    """The windows of all clients; each begins with a client's first request. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._clients: OrderedDict[str, tuple[float, int]] = OrderedDict()  # since, requests

    def count(self, client: str, limit: int) -> RequestWindow:
        """Count a request of `client`, who may make `limit` in a window."""
        now = time.monotonic()
        with self._lock:
            since, made = self._clients.pop(client, (now, 0))
            if now - since >= WINDOW:
                since, made = now, 0
            self._clients[client] = since, made + 1
            if len(self._clients) > MAX_CLIENTS:
                self._clients.popitem(last=False)
        return RequestWindow(limit, limit - made - 1, since + WINDOW - now)

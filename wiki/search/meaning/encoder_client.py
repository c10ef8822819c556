"""The client by which workers ask the encoder process for the vector of a query."""

import logging
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from wiki.search.meaning.vectors import DIMENSIONS, Vector

log = logging.getLogger(__name__)

SOCKET = "encoder.sock"
ANSWER_BYTES = 4 * DIMENSIONS
MAX_TEXT_BYTES = 4000  # bytes of a query; the encoder reads no more
ENCODER_TIMEOUT = 0.1  # seconds; after that, the query is answered without its vector
PAUSE = 2.0  # seconds without requests after a timeout, since others would wait in vain as well
MAX_ADDRESS = 100  # bytes; systems allow 104 or 108 for a socket's address


class EncoderClient:
    """Asks the encoder of the index under `root`. Thread-safe."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._next_try = 0.0

    def vector(self, text: str) -> Vector | None:
        """The unit vector of a text; `None` without an answer in time. Never raises."""
        if time.monotonic() < self._next_try:
            return None
        try:
            return self._ask(text.encode()[:MAX_TEXT_BYTES])
        except TimeoutError:
            self._next_try = time.monotonic() + PAUSE
        except OSError:  # the encoder is not running
            pass
        return None

    def _ask(self, text: bytes) -> Vector | None:
        until = time.monotonic() + ENCODER_TIMEOUT
        with address_of(self.root) as address, socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(ENCODER_TIMEOUT)
            asking.connect(address)
            asking.sendall(text)
            asking.shutdown(socket.SHUT_WR)
            answer = read_all(asking, ANSWER_BYTES, until)
        return np.frombuffer(answer, np.float32) if len(answer) == ANSWER_BYTES else None


def read_all(connection: socket.socket, most: int, until: float) -> bytes:
    """Read until the end of the stream, at most `most` bytes.

    Raises `TimeoutError` at the monotonic time `until`.
    """
    parts, size = [], 0
    while size < most:
        connection.settimeout(max(until - time.monotonic(), 0.001))
        part = connection.recv(most - size)
        if not part:
            break
        parts.append(part)
        size += len(part)
    return b"".join(parts)


@contextmanager
def address_of(root: Path) -> Iterator[str]:
    """The address of the socket under `root`, however long the folder's path is."""
    path = str(root / SOCKET)
    if len(os.fsencode(path)) <= MAX_ADDRESS:
        yield path
        return
    folder = os.open(root, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET}"
    finally:
        os.close(folder)

"""The part of the encoder process that answers the workers."""

import logging
import socket
import threading
import time
from functools import lru_cache
from pathlib import Path

from wiki.search.meaning.encoder_client import (
    ENCODER_TIMEOUT,
    MAX_TEXT_BYTES,
    SOCKET,
    address_of,
    read_all,
)
from wiki.search.meaning.vectors import Encode

log = logging.getLogger(__name__)

CACHED_QUERIES = 1000  # cached vectors of 1.5 KB each
BACKLOG = 16  # waiting connections; further ones are refused, and their queries go without a vector


def serve_vectors(root: Path, encode: Encode) -> None:
    """Listen at the socket under `root`, in a thread; it ends with the process."""
    (root / SOCKET).unlink(missing_ok=True)  # left over from an encoder that was killed
    listening = socket.socket(socket.AF_UNIX)
    with address_of(root) as address:
        listening.bind(address)
    (root / SOCKET).chmod(0o600)
    listening.listen(BACKLOG)
    threading.Thread(target=_serve, args=(listening, encode), daemon=True).start()


def _serve(listening: socket.socket, encode: Encode) -> None:
    @lru_cache(CACHED_QUERIES)
    def encoded(text: bytes) -> bytes:
        return encode(text.decode(errors="replace")).tobytes()

    while True:
        connection, _ = listening.accept()
        with connection:
            try:
                text = read_all(connection, MAX_TEXT_BYTES, time.monotonic() + ENCODER_TIMEOUT)
                connection.sendall(encoded(text))
            except OSError:  # the client has closed the connection
                pass
            except Exception:
                log.exception("a query can't be encoded")

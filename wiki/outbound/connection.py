"""A connection to a checked address, closed at its deadline."""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from wiki.outbound.host_patterns import Origin
from wiki.outbound.network import Address


class PinnedConnection(http.client.HTTPConnection):
    """Connects to `address`; `Host`, SNI and the certificate check use the origin's host name.

    Uses no proxy and follows no redirects.
    """

    def __init__(self, origin: Origin, address: Address, timeout: float) -> None:
        super().__init__(origin.host, origin.port, timeout=timeout)
        self._scheme = origin.scheme
        self._address = address
        self.is_aborted = False
        if origin.scheme == "https":
            self.default_port = 443

    def connect(self) -> None:
        self.sock = socket.create_connection((str(self._address), self.port), self.timeout)
        self._check()
        if self._scheme == "https":
            context = ssl.create_default_context()
            # No handshake yet: `abort` must see the socket before it begins.
            self.sock = context.wrap_socket(
                self.sock, server_hostname=self.host.strip("[]"), do_handshake_on_connect=False
            )
            self._check()
            self.sock.do_handshake()

    def _check(self) -> None:
        """Raises `TimeoutError` if the deadline came before this socket could be shut down."""
        if self.is_aborted:
            self.close()
            raise TimeoutError

    def abort(self) -> None:
        """Shut the socket down from another thread; a pending read gets the end of the stream."""
        self.is_aborted = True
        with suppress(OSError, AttributeError, TypeError):  # it may have none
            # Not `SSLSocket.shutdown`, which would drop TLS state during the other thread's read.
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


@contextmanager
def connected(origin: Origin, address: Address, seconds: float) -> Iterator[PinnedConnection]:
    """A connection that is shut down after `seconds`, whatever the other side does.

    A timeout for each read alone would let a server send a byte at a time for ever.
    """
    connection = PinnedConnection(origin, address, seconds)
    watch = threading.Timer(seconds, connection.abort)
    watch.daemon = True
    watch.start()
    try:
        yield connection
    finally:
        watch.cancel()
        connection.close()

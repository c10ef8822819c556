"""A connection to an address that was checked, cut off at its deadline."""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from wiki.outbound.host_patterns import Origin
from wiki.outbound.network import Address


class PinnedConnection(http.client.HTTPConnection):
    """To `address`, under the name of the host: `Host`, SNI and certificate are the host's.

    No proxy is asked, and no redirect followed.
    """

    def __init__(self, origin: Origin, address: Address, timeout: float) -> None:
        super().__init__(origin.host, origin.port, timeout=timeout)
        self._scheme = origin.scheme
        self._address = address
        self.is_broken_off = False
        if origin.scheme == "https":
            self.default_port = 443

    def connect(self) -> None:
        self.sock = socket.create_connection((str(self._address), self.port), self.timeout)
        self._check()
        if self._scheme == "https":
            context = ssl.create_default_context()
            # Not at once: `break_off` must see the socket that is shaking hands.
            self.sock = context.wrap_socket(
                self.sock, server_hostname=self.host.strip("[]"), do_handshake_on_connect=False
            )
            self._check()
            self.sock.do_handshake()

    def _check(self) -> None:
        """The deadline may have come when there was no socket, or another one, to shut down."""
        if self.is_broken_off:
            self.close()
            raise TimeoutError

    def break_off(self) -> None:
        """Shut it down from another thread: the reader sees the end of the stream."""
        self.is_broken_off = True
        with suppress(OSError, AttributeError, TypeError):  # it may have none
            # The base class's: TLS would forget its state in the midst of the other thread's read.
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


@contextmanager
def connected(origin: Origin, address: Address, seconds: float) -> Iterator[PinnedConnection]:
    """A connection that ends after so many seconds, whatever the other side does meanwhile.

    Timeouts of single reads would let a slow server send one byte at a time for ever.
    """
    connection = PinnedConnection(origin, address, seconds)
    watch = threading.Timer(seconds, connection.break_off)
    watch.daemon = True
    watch.start()
    try:
        yield connection
    finally:
        watch.cancel()
        connection.close()

"""Which addresses the wiki may connect to if a user chose the host (against SSRF).

A host is resolved once and all its addresses are checked; the connection then goes to a checked
address, so that a second look-up can't give another one (DNS rebinding).
"""

import queue
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

LOOK_UP_TIMEOUT = 5.0  # seconds; the system's resolver may take half a minute

Address = IPv4Address | IPv6Address

# IPv6 addresses with an IPv4 address in their last 32 bits (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")
# Not public either; versions of Python differ on these.
_SPECIAL = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),  # relays of 6to4
    IPv6Network("::/96"),  # IPv4-compatible addresses, long deprecated
    IPv6Network("64:ff9b:1::/48"),  # NAT64 within one network
    IPv6Network("100::/64"),  # discarded
    IPv6Network("2001::/23"),  # protocols, among them Teredo and ORCHID
    IPv6Network("2002::/16"),  # 6to4
    IPv6Network("3fff::/20"),  # documentation
    IPv6Network("5f00::/16"),  # segment routing
    IPv6Network("fec0::/10"),  # site-local
)


class HostRefused(Exception):
    """The host may not be connected to: `reason` is `unknown-host` or `not-public`."""

    def __init__(self, reason: str, host: str) -> None:
        super().__init__(reason, host)
        self.reason = reason
        self.host = host


def is_public(address: Address) -> bool:
    """Whether `address`, and any address embedded in it, is on the public internet."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:  # used in networks without IPv4
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def is_own(address: Address) -> bool:
    """Whether `address` belongs to this machine, which may be true of a public address.

    Sends nothing: the system only chooses the address that it would connect from.
    """
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with closing(socket.socket(family, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect((str(address), 9))
            return ip_address(probe.getsockname()[0].partition("%")[0]) == address
        except (OSError, ValueError):
            return False  # no route


def is_outside(address: Address) -> bool:
    """Whether `address` is public and not on this machine."""
    return is_public(address) and not is_own(address)


def look_up(host: str, port: int) -> Sequence[str]:
    """The addresses of `host`. Raises `OSError` if there are none or the look-up takes too long."""
    answers: queue.SimpleQueue[Sequence[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([str(each[4][0]) for each in found])
        except (OSError, UnicodeError) as error:
            answers.put(error)

    # The look-up can't be interrupted; the thread ends when the resolver gives up.
    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=LOOK_UP_TIMEOUT)
    except queue.Empty as error:
        raise TimeoutError("the resolver takes too long") from error
    if isinstance(answer, Exception):
        raise OSError("no such host") from answer
    return answer


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """How hosts are resolved, and which addresses are allowed; tests replace it."""

    look_up: Callable[[str, int], Sequence[str]] = look_up
    is_allowed: Callable[[Address], bool] = is_outside

    def addresses(self, host: str, port: int) -> list[Address]:
        """The addresses of `host`. Raises `HostRefused` unless all of them are allowed."""
        try:
            written = self.look_up(host.strip("[]"), port)
            found = [ip_address(each.partition("%")[0]) for each in written]
        except (OSError, ValueError) as error:
            raise HostRefused("unknown-host", host) from error
        if not found:
            raise HostRefused("unknown-host", host)
        if not all(map(self.is_allowed, found)):
            raise HostRefused("not-public", host)
        return found

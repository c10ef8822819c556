"""The keys by which clients are counted: an address, or the network of a household or school."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

from flask import request

Address: TypeAlias = IPv4Address | IPv6Address

# Providers assign at least a /64, and a client can use any address in it.
IPV6_PREFIX_LENGTH = 64
IPV4_PREFIX_LENGTH = 24  # of a small provider's or a school's network
# The addresses of IPv4 clients as seen from an IPv6-only network (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")


def address_key() -> str:
    """The key of this request's client.

    A proxy may pass on any text as the client's address; if it is not an address, the key is that
    of the peer.
    """
    return network_of(str(client_address())) or "unknown"


def network_key() -> str:
    """The network of this request's client: a /24 of IPv4 or a /64 of IPv6."""
    key = address_key()
    try:
        return str(IPv4Network((key, IPV4_PREFIX_LENGTH), strict=False))
    except ValueError:
        return key


def client_address() -> Address | None:
    """The address of this request's client; `None` if it is not known."""
    peer = request.environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR")
    return parse_address(request.remote_addr) or parse_address(peer)


def network_of(address: str | None) -> str | None:
    """An IPv4 address, or the /64 of an IPv6 one; `None` if it isn't an address."""
    parsed = parse_address(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed, IPV6_PREFIX_LENGTH), strict=False))
    return None if parsed is None else str(parsed)


def parse_address(text: str | None) -> Address | None:
    """Parse an address; an IPv4 address mapped to IPv6 becomes IPv4. `None` if it is not one.

    A port after the address, which some proxies add, is ignored.
    """
    text = (text or "").strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address

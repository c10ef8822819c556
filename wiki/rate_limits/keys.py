"""The key of a client: its address, or the network that one household or school has."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

from flask import request

Address: TypeAlias = IPv4Address | IPv6Address

# Providers assign at least a /64: whoever has one can use all of its addresses.
IPV6_PREFIX_LENGTH = 64
IPV4_PREFIX_LENGTH = 24  # of a small provider's or a school's network
# How IPv4 clients look from a network that speaks IPv6 alone (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")


def address_key() -> str:
    """The client of this request, as limits count it.

    A proxy may pass on anything that the client wrote as its address; what isn't an address counts
    as the peer that sent it.
    """
    return network_of(str(client_address())) or "unknown"


def network_key() -> str:
    """The network of this request's client: a /24, or a /64 of IPv6."""
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
    """An address; that of IPv4 if it is one written as IPv6. `None` for anything else.

    A port after it, which some proxies add, is ignored.
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

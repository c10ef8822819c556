"""The key of a client: its address, or the network that one household or school has."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from flask import request

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
    peer = request.environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR")
    return network_of(request.remote_addr) or network_of(peer) or "unknown"


def network_key() -> str:
    """The network of this request's client: a /24, or a /64 of IPv6."""
    key = address_key()
    try:
        return str(IPv4Network((key, IPV4_PREFIX_LENGTH), strict=False))
    except ValueError:
        return key


def network_of(address: str | None) -> str | None:
    """An IPv4 address, or the /64 of an IPv6 one; `None` if it isn't an address.

    A port after it, which some proxies add, is ignored.
    """
    text = (address or "").strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        parsed = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address):
        return _network_of_v6(parsed)
    return str(parsed)


def _network_of_v6(address: IPv6Address) -> str:
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    if address in _NAT64:
        return str(IPv4Address(int(address) & 0xFFFF_FFFF))
    return str(IPv6Network((address, IPV6_PREFIX_LENGTH), strict=False))

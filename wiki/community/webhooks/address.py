"""Addresses of webhooks: checking them, and masking them, since they are secrets."""

import re
from ipaddress import ip_address
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import idna

from wiki.app_state import AppState, current_settings
from wiki.community.webhooks.models import ADDRESS_LIMIT, Format
from wiki.outbound.host_patterns import Origin, origin_of
from wiki.outbound.network import Address, NetworkPolicy

SHOWN_CHARACTERS = 4  # characters of an address's end that are shown
MIN_SECRET = 16  # characters after the host for these to be shown
HTTPS, FIRST_UNPRIVILEGED = 443, 1024  # ports

_DISCORD_HOSTS = ("discord.com", "discordapp.com")
_DISCORD_PATH = re.compile(r"/api(?:/v[0-9]+)?/webhooks/[0-9]+/[A-Za-z0-9_-]+/?")
# A host that URL parsers take for an IPv4 address in some notation.
_ENDS_IN_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$")
_SAFE = "/%:=&~+!$,;'@()*"

REACH = AppState("webhook_reach", NetworkPolicy)


class AddressRefused(ValueError):
    """`reason`: `empty`, `long`, `bad`, `user`, `scheme`, `port`, `not-discord` or `discord`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def clean_address(written: str, format_: Format) -> str:
    """The address as it is stored, checked without network access. Raises `AddressRefused`."""
    text = written.strip().partition("#")[0]
    if not text:
        raise AddressRefused("empty")
    if len(text) > ADDRESS_LIMIT:
        raise AddressRefused("long")
    try:
        parts = urlsplit(text)
        host, port = _clean_host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise AddressRefused("bad") from error
    if "@" in parts.netloc:
        raise AddressRefused("user")
    if parts.scheme not in ("http", "https"):
        raise AddressRefused("scheme" if parts.scheme and parts.netloc else "bad")
    if "\\" in text or not text.isprintable() or " " in text:
        raise AddressRefused("bad")
    shown_port = f":{port}" if port is not None else ""
    path, query = quote(parts.path or "/", safe=_SAFE), quote(parts.query, safe=_SAFE + "?")
    cleaned = f"{parts.scheme}://{host}{shown_port}{path}{'?' if query else ''}{query}"
    _check(cleaned, format_)
    return cleaned


def _clean_host(written: str) -> str:
    """The host in its ASCII form. Raises `ValueError`."""
    host = written.lower().rstrip(".")
    if ":" in host:
        return f"[{ip_address(host)}]"
    if _ENDS_IN_NUMBER.search(host):
        return str(ip_address(host))
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode()
    # The name that Discord's documentation asks for; the old one has tighter limits.
    return "discord.com" if host == "discordapp.com" else host


def _check(address: str, format_: Format) -> None:
    """Raises `AddressRefused`."""
    origin = origin_of(address)
    if origin is None or len(address) > ADDRESS_LIMIT:
        raise AddressRefused("bad")
    if not current_settings().webhook_hosts.allow(address):
        if origin.scheme != "https":
            raise AddressRefused("scheme")
        if origin.port != HTTPS and origin.port < FIRST_UNPRIVILEGED:
            raise AddressRefused("port")
    is_discord = origin.host.removeprefix("ptb.").removeprefix("canary.") in _DISCORD_HOSTS
    if format_ is Format.DISCORD and not _DISCORD_PATH.fullmatch(urlsplit(address).path):
        raise AddressRefused("not-discord")
    if format_ is Format.JSON and is_discord:
        raise AddressRefused("discord")


def resolve_address(address: str) -> tuple[Origin, Address]:
    """The origin of a stored address, and the IP address to connect to now.

    Raises `AddressRefused` if settings no longer allow it, and `HostRefused`.
    """
    origin = origin_of(address)
    if origin is None:
        raise AddressRefused("bad")
    policy = REACH.current()
    if current_settings().webhook_hosts.allow(address):
        policy = NetworkPolicy(policy.look_up, lambda _address: True)
    elif origin.scheme != "https":
        raise AddressRefused("scheme")
    return origin, policy.addresses(origin.host, origin.port)[0]


def target_of(address: str, format_: Format) -> str:
    """The request target; with `wait=true`, Discord's response holds the message."""
    parts = urlsplit(address)
    query = parts.query
    if format_ is Format.DISCORD:
        query = urlencode({**dict(parse_qsl(query)), "wait": "true"})
    return f"{parts.path}?{query}" if query else parts.path


def masked(address: str) -> str:
    """The host and last characters, by which people recognise an address, but can't use it."""
    parts = urlsplit(address)
    secret = parts.path + parts.query
    end = secret[-SHOWN_CHARACTERS:] if len(secret) >= MIN_SECRET else ""
    return f"{parts.netloc}/…{end}"

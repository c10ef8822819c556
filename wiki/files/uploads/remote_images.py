"""Fetching a picture from another host, safe against server-side request forgery (SSRF).

Users choose the URL. So each host is looked up once, all its addresses are checked, and the
connection goes to the very address that was checked: no second look-up (DNS rebinding), no proxy,
and a redirect starts over. Time and size are limited.
"""

import http.client
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import IO, NamedTuple, cast
from urllib.parse import quote, unquote, urljoin, urlsplit

from wiki.app_state import AppState
from wiki.files.inspection.media_types import (
    MEDIA_TYPES,
    SIGNATURE_SIZE,
    SVG,
    detect_media_type,
    is_svg,
    with_extension,
)
from wiki.picture_hosts import PictureHosts, PictureOrigin, origin_of

FETCH_TIME_LIMIT = 15.0  # seconds for all of it
REDIRECT_LIMIT = 3
MAX_FETCHES = 2  # at once in one process: each takes a thread from readers
READ_SIZE = 64 * 1024  # bytes
SPOOL_SIZE = 2_000_000  # bytes in memory; more is spooled to a file

_DEFAULT_PORTS = {80, 443}
_NAT64 = IPv6Network("64:ff9b::/96")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = {
    "User-Agent": "Nexus (keeps a copy of a picture)",
    "Accept": "image/*",
    "Accept-Encoding": "identity",
}

Address = IPv4Address | IPv6Address


class FetchFailed(Exception):
    """`reason` is `address`, `unknown-host`, `not-public`, `no-answer`, `too-slow`, `too-large`,
    `status` (with its number as `detail`), `no-picture`, `redirects` or `busy`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


class FetchedImage(NamedTuple):
    """A name for the picture, from its URL, and its content as a stream."""

    name: str
    content: IO[bytes]


def is_public(address: Address) -> bool:
    """Whether `address`, and any address embedded in it, is on the public internet."""
    inner: list[Address | None] = []
    if isinstance(address, IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    if any(each is not None and not is_public(each) for each in inner):
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return True
    if isinstance(address, IPv6Address) and address.is_site_local:
        return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def _look_up(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """Which addresses may be reached; tests have their own."""

    look_up: Callable[[str, int], Sequence[str]] = _look_up
    is_allowed: Callable[[Address], bool] = is_public

    def addresses(self, origin: PictureOrigin) -> list[Address]:
        """The addresses of `origin`. Raises `FetchFailed` unless all of them may be reached."""
        try:
            written = self.look_up(origin.host.strip("[]"), origin.port)
            found = [ip_address(each.partition("%")[0]) for each in written]
        except (OSError, ValueError) as error:
            raise FetchFailed("unknown-host", origin.host) from error
        if not found:
            raise FetchFailed("unknown-host", origin.host)
        if not all(map(self.is_allowed, found)):
            raise FetchFailed("not-public", origin.host)
        return found


REACH = AppState("reach", NetworkPolicy)


class _PinnedConnection(http.client.HTTPConnection):
    """To an address that was checked, under the name of the host."""

    def __init__(self, origin: PictureOrigin, address: Address, timeout: float) -> None:
        super().__init__(origin.host, origin.port, timeout=timeout)
        self._origin = origin
        self._address = address
        self.is_broken_off = False
        if origin.scheme == "https":
            self.default_port = 443

    def connect(self) -> None:
        self.sock = socket.create_connection((str(self._address), self.port), self.timeout)
        if self._origin.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host.strip("[]"))

    def break_off(self) -> None:
        """Shut it down from another thread: the reader sees the end of the stream."""
        self.is_broken_off = True
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


_slots = threading.BoundedSemaphore(MAX_FETCHES)


def fetch_image(
    address: str, *, size_limit: int, hosts: PictureHosts, reach: NetworkPolicy | None = None
) -> FetchedImage:
    """The picture at `address`, of at most `size_limit` bytes; other ports than usual are asked
    only where `hosts` allow them. Raises `FetchFailed`."""
    if not _slots.acquire(blocking=False):
        raise FetchFailed("busy")
    try:
        return _fetch(
            address,
            size_limit,
            hosts,
            reach or NetworkPolicy(),
            time.monotonic() + FETCH_TIME_LIMIT,
        )
    finally:
        _slots.release()


def _fetch(
    address: str, size_limit: int, hosts: PictureHosts, reach: NetworkPolicy, deadline: float
) -> FetchedImage:
    for _ in range(REDIRECT_LIMIT + 1):
        origin = origin_of(address)
        if origin is None or not (origin.port in _DEFAULT_PORTS or hosts.allow(address)):
            raise FetchFailed("address", address)
        found = _ask(origin, address, reach.addresses(origin), size_limit, deadline)
        if isinstance(found, FetchedImage):
            return found
        address = urljoin(address, found)
    raise FetchFailed("redirects")


def _ask(
    origin: PictureOrigin, address: str, places: Sequence[Address], size_limit: int, deadline: float
) -> FetchedImage | str:
    """The picture at `address`, or the target of a redirect."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchFailed("too-slow")
    connection = _PinnedConnection(origin, places[0], left)
    # Timeouts of single reads would let a slow server send one byte at a time for ever.
    watch = threading.Timer(left, connection.break_off)
    watch.daemon = True
    watch.start()
    try:
        connection.request("GET", _target(address), headers=_HEADERS)
        with connection.getresponse() as answer:
            found = _read(answer, address, size_limit)
    except (OSError, http.client.HTTPException, ValueError, FetchFailed) as error:
        if connection.is_broken_off or isinstance(error, TimeoutError):
            raise FetchFailed("too-slow") from error
        if isinstance(error, FetchFailed):
            raise
        raise FetchFailed("no-answer", origin.host) from error
    finally:
        watch.cancel()
        connection.close()
    if connection.is_broken_off and isinstance(found, FetchedImage):
        found.content.close()
        raise FetchFailed("too-slow")
    return found


def _read(answer: http.client.HTTPResponse, address: str, size_limit: int) -> FetchedImage | str:
    if answer.status in _REDIRECTS:
        return answer.headers.get("Location", "")
    if answer.status != http.client.OK:
        raise FetchFailed("status", str(answer.status))
    if not answer.headers.get_content_type().startswith("image/"):
        raise FetchFailed("no-picture")
    content, kind = _content(answer, size_limit)
    return FetchedImage(with_extension(_name_in(address), kind), content)


def _target(address: str) -> str:
    parts = urlsplit(address)
    path = quote(parts.path or "/", safe="/%:=&~+!$,;'@()*")
    query = quote(parts.query, safe="/%:=&?~+!$,;'@()*")
    return f"{path}?{query}" if query else path


def _content(answer: http.client.HTTPResponse, size_limit: int) -> tuple[IO[bytes], str]:
    """The picture in the body, and its media type by its first bytes."""
    content = cast(IO[bytes], tempfile.SpooledTemporaryFile(max_size=SPOOL_SIZE))  # noqa: SIM115
    try:
        return content, _copy(answer, content, size_limit)
    except BaseException:
        content.close()
        raise


def _copy(answer: http.client.HTTPResponse, content: IO[bytes], size_limit: int) -> str:
    size = 0
    while chunk := answer.read(READ_SIZE):
        size += len(chunk)
        if size > size_limit:
            raise FetchFailed("too-large")
        content.write(chunk)
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)
    content.seek(0)
    head = content.read(16 * SIGNATURE_SIZE)
    content.seek(0)
    kind = detect_media_type(head[:SIGNATURE_SIZE]) or (SVG if is_svg(head) else "")
    if not kind or MEDIA_TYPES[kind].family != "picture":
        raise FetchFailed("no-picture")
    return kind


def _name_in(address: str) -> str:
    return unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2]) or "picture"

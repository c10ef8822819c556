"""Fetches images from other hosts, safe against server-side request forgery (SSRF).

Users choose the URL, so only public addresses are contacted (`wiki.outbound`), every redirect is
checked again, and time and size are limited.
"""

import http.client
import tempfile
import threading
import time
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
from wiki.outbound.connection import connected
from wiki.outbound.host_patterns import HostPatterns, Origin, origin_of
from wiki.outbound.network import Address, HostRefused, NetworkPolicy

FETCH_TIME_LIMIT = 15.0  # seconds for all requests together
REDIRECT_LIMIT = 3
MAX_FETCHES = 2  # at once in one process, since each occupies a thread
READ_SIZE = 64 * 1024  # bytes
SPOOL_SIZE = 2_000_000  # bytes in memory; more is spooled to a file

_DEFAULT_PORTS = {80, 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = {
    "User-Agent": "Nexus (keeps a copy of a picture)",
    "Accept": "image/*",
    "Accept-Encoding": "identity",
}


class FetchFailed(Exception):
    """The image could not be fetched.

    `reason` is `address`, `unknown-host`, `not-public`, `no-answer`, `too-slow`, `too-large`,
    `status` (with its number as `detail`), `no-picture`, `redirects` or `busy`.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


class FetchedImage(NamedTuple):
    """A file name derived from the URL, and the content as a stream."""

    name: str
    content: IO[bytes]


REACH = AppState("reach", NetworkPolicy)


_slots = threading.BoundedSemaphore(MAX_FETCHES)


def fetch_image(
    address: str, *, size_limit: int, hosts: HostPatterns, reach: NetworkPolicy | None = None
) -> FetchedImage:
    """The image at `address`, of at most `size_limit` bytes. Raises `FetchFailed`.

    Non-standard ports are contacted only if `hosts` allows them.
    """
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
    address: str, size_limit: int, hosts: HostPatterns, reach: NetworkPolicy, deadline: float
) -> FetchedImage:
    for _ in range(REDIRECT_LIMIT + 1):
        origin = origin_of(address)
        if origin is None or not (origin.port in _DEFAULT_PORTS or hosts.allow(address)):
            raise FetchFailed("address", address)
        found = _ask(origin, address, _place(origin, reach), size_limit, deadline)
        if isinstance(found, FetchedImage):
            return found
        address = urljoin(address, found)
    raise FetchFailed("redirects")


def _place(origin: Origin, reach: NetworkPolicy) -> Address:
    """The IP address to connect to."""
    try:
        return reach.addresses(origin.host, origin.port)[0]
    except HostRefused as error:
        raise FetchFailed(error.reason, error.host) from error


def _ask(
    origin: Origin, address: str, place: Address, size_limit: int, deadline: float
) -> FetchedImage | str:
    """The image at `address`, or the target of a redirect."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchFailed("too-slow")
    with connected(origin, place, left) as connection:
        try:
            connection.request("GET", _target(address), headers=_HEADERS)
            with connection.getresponse() as answer:
                found = _read(answer, address, size_limit)
        except (OSError, http.client.HTTPException, ValueError, FetchFailed) as error:
            if connection.is_aborted or isinstance(error, TimeoutError):
                raise FetchFailed("too-slow") from error
            if isinstance(error, FetchFailed):
                raise
            raise FetchFailed("no-answer", origin.host) from error
    if connection.is_aborted and isinstance(found, FetchedImage):
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
    """The image in the body, and its media type, detected from its first bytes."""
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

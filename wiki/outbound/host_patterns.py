"""Patterns of hosts in settings, such as those that pages may embed pictures from. Pure."""

import re
from dataclasses import dataclass
from typing import NamedTuple

_DEFAULT_PORTS = {"http": 80, "https": 443}
# No user name before the host: it makes people mistake which part is the host.
_URL = re.compile(
    r"(https?)://([a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?(?=[/?#]|$)",
    re.IGNORECASE,
)
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")
_PATTERN = re.compile(
    r"(?:(https?)://)?(\*\.)?([^/?#@:*\s\[\]]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?/?", re.IGNORECASE
)
ANY_HOST_PATTERN = "*"


class InvalidHostPattern(ValueError):
    """The text isn't a host or host pattern."""


class Origin(NamedTuple):
    """The origin of a URL: scheme, host in lower case, port."""

    scheme: str
    host: str
    port: int


def origin_of(address: str) -> Origin | None:
    """The origin of an `http:` or `https:` URL.

    `None` for any other URL, and for those that parsers interpret differently.
    """
    found = _URL.match(address)
    if found is None or "\\" in address:
        return None
    scheme = found[1].lower()
    port = int(found[3]) if found[3] else _DEFAULT_PORTS[scheme]
    return Origin(scheme, found[2].lower().rstrip("."), port)


@dataclass(frozen=True, slots=True)
class _HostPattern:
    scheme: str  # `http` allows both
    host: str
    port: int | None
    is_subdomain: bool

    @classmethod
    def of(cls, written: str) -> "_HostPattern":
        """Parse one pattern. Raises `InvalidHostPattern`."""
        found = _PATTERN.fullmatch(written)
        try:
            host = found[3].encode("idna").decode().lower().rstrip(".") if found else ""
        except UnicodeError:
            host = ""
        # Nothing else may get into the Content-Security-Policy header.
        if found is None or not _HOST.fullmatch(host):
            raise InvalidHostPattern(written)
        port = int(found[4]) if found[4] else None
        return cls((found[1] or "https").lower(), host, port, found[2] is not None)

    def fits(self, origin: Origin) -> bool:
        """Whether `origin` matches the pattern."""
        if self.scheme == "https" and origin.scheme != "https":
            return False
        if origin.port != (self.port or _DEFAULT_PORTS[origin.scheme]):
            return False
        if self.is_subdomain:
            return origin.host.endswith("." + self.host)
        return origin.host == self.host

    def source(self) -> str:
        """The pattern as a source expression of a Content-Security-Policy."""
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{'*.' if self.is_subdomain else ''}{self.host}{port}"


@dataclass(frozen=True, slots=True)
class HostPatterns:
    """A list of allowed hosts: `example.org`, or `*.example.org` for its subdomains.

    Each may have a port, or `http://` before it; `*` allows every host over `https:`.
    """

    patterns: tuple[_HostPattern, ...] = ()
    is_everywhere: bool = False

    @classmethod
    def of(cls, written: str) -> "HostPatterns":
        """Parse a list separated by spaces or commas. Raises `InvalidHostPattern`."""
        words = re.findall(r"[^\s,]+", written)
        patterns = tuple(_HostPattern.of(word) for word in words if word != ANY_HOST_PATTERN)
        return cls(patterns, ANY_HOST_PATTERN in words)

    def allow(self, address: str) -> bool:
        """Whether the URL `address` is at one of the hosts."""
        origin = origin_of(address)
        if origin is None:
            return False
        if self.is_everywhere and origin.scheme == "https":
            return True
        return any(pattern.fits(origin) for pattern in self.patterns)

    def sources(self) -> tuple[str, ...]:
        """The sources for `img-src` of a Content-Security-Policy."""
        everywhere = ("https:",) if self.is_everywhere else ()
        return (*everywhere, *(pattern.source() for pattern in self.patterns))


NO_HOSTS = HostPatterns()

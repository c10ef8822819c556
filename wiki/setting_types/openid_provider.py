"""The provider of OpenID Connect by which people may sign in, as settings name it. Pure."""

from dataclasses import dataclass, field
from ipaddress import ip_address

from wiki.setting_types.values import split_address

ISSUER_LIMIT = 255  # characters
_DEFAULT_NAME = "OpenID Connect"


class InvalidProvider(ValueError):
    """An issuer that can't be used."""


@dataclass(frozen=True, slots=True)
class OpenidProvider:
    """A provider, and as which client it knows this wiki; `name` is what people call it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = _DEFAULT_NAME

    def __post_init__(self) -> None:
        parts = split_address(self.issuer)
        is_more = parts.query or parts.fragment or "@" in parts.netloc
        if is_more or len(self.issuer) > ISSUER_LIMIT or not self.allows(self.issuer):
            raise InvalidProvider(self.issuer)

    def allows(self, url: str) -> bool:
        """Whether `url` may be asked: over HTTPS, or on this machine if the issuer is there too."""
        parts = split_address(url)
        if parts.scheme == "https":
            return bool(parts.hostname)
        is_here = _is_loopback(parts.hostname) and _is_loopback(split_address(self.issuer).hostname)
        return parts.scheme == "http" and is_here


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False

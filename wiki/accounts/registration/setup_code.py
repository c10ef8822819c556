"""The setup code, with which the first user proves that they run this server.

The first user becomes an administrator, which must not be a stranger who finds an empty wiki.
From other machines, and if registration isn’t open, the first registration therefore needs a
code that the server prints in its terminal.
"""

import base64
import hmac
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, current_app, request

from wiki.accounts.errors import AccountRefused
from wiki.accounts.registration_settings import registration_mode
from wiki.accounts.users import has_users
from wiki.app_state import current_settings

_PURPOSE = b"nexus first administrator"
_GROUPS = 4  # of four characters each, 80 bits in total
_HANDED_ON = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


def make_setup_code(app: Flask) -> str:
    """The code as it is printed.

    It is derived from the secret key, so that all replicas have the same one and it needn’t be
    stored. It is useless once somebody has registered.
    """
    key = str(app.secret_key).encode()
    digest = base64.b32encode(hmac.digest(key, _PURPOSE, sha256)).decode().lower()
    return "-".join(digest[4 * n : 4 * n + 4] for n in range(_GROUPS))


def needs_setup_code() -> bool:
    """Whether the first registration needs the code if it comes with this request."""
    return registration_mode() != "open" or not _is_on_this_machine()


def check_setup_code(typed: str) -> None:
    """Raises `AccountRefused`: `code` is `empty` or `wrong`."""
    plain = _plain(typed)
    if not plain:
        raise AccountRefused(code="empty")
    if not hmac.compare_digest(plain.encode(), _plain(make_setup_code(current_app)).encode()):
        raise AccountRefused(code="wrong")


def setup_announcement(app: Flask) -> str:
    """What the server prints at start; empty once somebody has registered."""
    with app.app_context():
        if has_users():
            return ""
    return (
        "Nobody has registered yet. The first person to register becomes the administrator. "
        f"Setup code: {make_setup_code(app)}"
    )


def _plain(code: str) -> str:
    # People read it aloud or copy it by hand, so spaces, hyphens and case don't matter.
    return "".join(c for c in code.lower() if c.isalnum())


def _is_on_this_machine() -> bool:
    """Whether the request comes directly from a browser on this machine."""
    settings = current_settings()
    if settings.proxies or any(name in request.headers for name in _HANDED_ON):
        return False
    hosts = [urlsplit(f"//{request.host}").hostname]
    if settings.base_url:
        hosts.append(urlsplit(settings.base_url).hostname)
    return all(map(_is_loopback, [request.remote_addr, *hosts]))


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False

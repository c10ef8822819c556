"""Finds the access token for a hub."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from wiki.client.hub import HubError, address_parts

SERVICE = "nexus"  # in the keyring


class UnsafeTokenFile(Exception):
    """The file with the token can be read by other users."""


def token_for(hub: str) -> str:
    """The token from NEXUS_TOKEN, the keyring or the file, in this order; empty if there is none.

    Raises `HubError` if `hub` isn't an address, `UnsafeTokenFile` and `OSError`.
    """
    if token := os.environ.get("NEXUS_TOKEN", "").strip():
        return token
    origin = _origin(hub)
    return _from_keyring(origin) or _from_file(origin)


def token_file() -> Path:
    """The token file: a line `https://hub.example.org nexus_…` for each hub, or only a token."""
    folder = os.environ.get("APPDATA") or os.environ.get("XDG_CONFIG_HOME")
    return (Path(folder) if folder else Path.home() / ".config") / "nexus" / "token"


def _from_keyring(origin: str) -> str:
    with suppress(Exception):  # not installed, locked, or without a service: use the file
        import keyring  # noqa: PLC0415  # optional, and slow

        return keyring.get_password(SERVICE, origin) or ""
    return ""


def _from_file(origin: str) -> str:
    path = token_file()
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise UnsafeTokenFile(f"Others can read {path}. Run: chmod 600 {path}")
            lines = [line.split() for line in file if line.strip()]
    except FileNotFoundError:
        return ""
    of_hub = [line[1] for line in lines if len(line) == 2 and _is_at(line[0], origin)]
    of_all = [line[0] for line in lines if len(line) == 1]
    return next(iter([*of_hub, *of_all]), "")


def _origin(hub: str) -> str:
    parts = address_parts(hub)
    return f"{parts.scheme}://{parts.netloc}"


def _is_at(hub: str, origin: str) -> bool:
    with suppress(HubError):
        return _origin(hub) == origin
    return False

"""The wiki's identity as pages show it, cached for a second in each process.

It is read outside the session, since it belongs to no request. If it can't be read, the last one
stays.
"""

import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from wiki.app_state import AppState
from wiki.database import db
from wiki.letters import truncate

CACHE_SECONDS = 1.0  # after which it is read again
DEFAULT_NAME = "Nexus"

_HUB = "SELECT version, name, tagline, welcome, accent FROM hub"
_LOGOS = "SELECT theme, hash, width, height FROM hub_logo"


@dataclass(frozen=True, slots=True)
class Logo:
    """A stored logo: the hash of its content, and its size in pixels."""

    hash: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Identity:
    """What pages show of the wiki as a whole; `version` changes with any of it."""

    version: int = 0
    name: str = DEFAULT_NAME
    tagline: str = ""
    welcome: str = ""
    logos: dict[str, Logo] = field(default_factory=dict)
    accent: str = ""  # #rrggbb; without one, that of the stylesheet

    @property
    def short_name(self) -> str:
        """The name within the 16 characters that OpenSearch allows."""
        return truncate(self.name, 16)


class _IdentityCache:
    """Caches the identity; one thread at a time reads it."""

    def __init__(self) -> None:
        self._identity = Identity()
        self._until = 0.0
        self._looking = threading.Lock()

    def get(self) -> Identity:
        if time.monotonic() >= self._until and self._looking.acquire(blocking=self._until == 0):
            try:
                self._look()
            finally:
                self._looking.release()
        return self._identity

    def forget(self) -> None:
        self._until = 0.0

    def _look(self) -> None:
        errors = (SQLAlchemyError, db.engine.dialect.loaded_dbapi.Error)
        with suppress(*errors):  # away, busy, or not migrated yet
            self._identity = _read_identity()
        self._until = time.monotonic() + CACHE_SECONDS


def _read_identity() -> Identity:
    with closing(db.engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(_HUB)
        row = cursor.fetchone()
        if row is None:
            return Identity()
        cursor.execute(_LOGOS)
        logos = {theme: Logo(*rest) for theme, *rest in cursor.fetchall()}
    version, name, tagline, welcome, accent = row
    return Identity(version, name or DEFAULT_NAME, tagline, welcome, logos, accent)


IDENTITY_CACHE = AppState("identity", _IdentityCache)


def current_identity() -> Identity:
    """The identity, at most a second old."""
    return IDENTITY_CACHE.current().get()


def forget_identity() -> None:
    """Read it again the next time: this process has changed it."""
    IDENTITY_CACHE.current().forget()

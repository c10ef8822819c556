"""What is stored now, cached until the version of rules and settings rises."""

from collections.abc import Mapping
from typing import NamedTuple

from flask import g, has_request_context
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.app_state import AppState
from wiki.database import db
from wiki.hub_settings.models import AccessVersion, StoredSetting


class _SettingsSnapshot(NamedTuple):
    version: int
    values: Mapping[str, str]


class _LatestSettings:
    """The last values that were loaded. Replaced as a whole, so safe for threads."""

    snapshot: _SettingsSnapshot | None = None


_READ_VERSION = str(select(AccessVersion.number))

_LATEST = AppState("hub_settings", _LatestSettings)


def access_version() -> int:
    """The version of rules and settings; in a request, the one that it first asked for.

    A request for somebody who is signed in has read it with them, and one for a cached page with
    the last change: neither needs another statement.
    """
    if not has_request_context():
        return read_version()
    if "access_version" not in g:
        know_version(
            current_user.access_version if current_user.is_authenticated else read_version()
        )
    version: int = g.access_version
    return version


def know_version(version: int) -> None:
    """Go by `version`, which has just been read, for the rest of this request."""
    g.access_version = version


def ask_no_more() -> None:
    """For the rest of this request, go by what was loaded last: the database is away."""
    g.is_database_away = True


def is_database_away() -> bool:
    """Whether this request has found out that the database can't be asked."""
    return has_request_context() and "is_database_away" in g


def stored_values() -> Mapping[str, str]:
    """The names and values of the settings that aren't at their defaults."""
    latest = _LATEST.current()
    snapshot = latest.snapshot
    if is_database_away():
        return snapshot.values if snapshot else {}
    version = access_version()
    if snapshot is None or snapshot.version != version:
        snapshot = latest.snapshot = _SettingsSnapshot(version, read_values(db.session()))
    return snapshot.values


def read_values(session: Session) -> dict[str, str]:
    """The same, as this transaction sees them."""
    rows = session.connection().execute(select(StoredSetting.name, StoredSetting.value))
    return {row.name: row.value for row in rows}


def read_version() -> int:
    """The version as it is in the database now."""
    # Most requests begin with it: SQLAlchemy would take longer to look it up than to run it.
    version: int = db.session.connection().exec_driver_sql(_READ_VERSION).scalar_one()
    return version
